import fc from 'fast-check';
import { detectPersonalData } from '../../../activities/privacy/detect.ts';
import { maskText, maskValue } from '../../../activities/privacy/mask.ts';
import { personalDataKinds } from '../../../contract/personal-data.ts';

/** Texts made of what detectors look at. */
const pieces = fc.constantFrom(
  ...[
    '98765 43210',
    '+91 98765 43210',
    '4111 1111 1111 1111',
    '2341 2341 2346',
    'GB82 WEST 1234 5698 7654 32',
    'ABCPE1234F',
  ],
  ...[
    '27AAPFU0939F1ZV',
    'HDFC0001234',
    'a.b@example.com',
    'ravi@ybl',
    'K1234567',
    '12/03/1987',
    'sk-abc123DEF456ghi789jkl',
  ],
  ...[
    'passport ',
    'dob ',
    'password: hunter2',
    'card ',
    'call ',
    'order ',
    'आधार ',
    '****',
    '3210',
    '(',
    ')',
    '+',
    '@',
    '-',
    '.',
  ],
  ...[
    ' ',
    '/',
    ':',
    ',',
    '1',
    '22',
    '4444',
    '१२३४',
    '௧௨',
    '\u200b',
    '\u00a0',
    '****3210',
    '***@x.co',
    'eyJ',
    '\n',
  ],
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary' }),
);

describe('masking a text', () => {
  it('leaves nothing that detectors find', () => {
    fc.assert(
      fc.property(texts, (text) => expect(detectPersonalData(maskText(text).text)).toEqual([])),
      { numRuns: 500 },
    );
  });

  it('twice is as once', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = maskText(text).text;
        expect(maskText(once)).toEqual({ text: once, kinds: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing else', () => {
    expect(maskText('Order ORD-1 of 12/03/2024: ₹1,234, नमस्ते 😀')).toEqual({
      text: 'Order ORD-1 of 12/03/2024: ₹1,234, नमस्ते 😀',
      kinds: [],
    });
  });

  it('keeps what tells one from another', () => {
    const text =
      'card 4111 1111 1111 1111, call ९८७६५ ४३२१०, a.b@example.com, ravi@ybl, DOB 12/03/1987, PAN ABCPE1234F';
    expect(maskText(text)).toEqual({
      text: 'card ****1111, call ****3210, a***@example.com, r***@ybl, DOB ***, PAN ****34F',
      kinds: ['card', 'phone', 'email', 'upi', 'birth-date', 'pan'],
    });
  });

  it('masks only the kinds asked for', () => {
    expect(maskText('a@example.com 9876543210', ['phone']).text).toBe('a@example.com ****3210');
  });
});

describe('masking a value', () => {
  it.each(personalDataKinds())('of %s twice is as once', (kind) => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'grapheme' })), (value) => {
        const once = maskValue(kind, value);
        expect(maskValue(kind, once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps no digits of a number too short to hide them', () => {
    expect(maskValue('phone', '3210')).toBe('****');
    expect(maskValue('card', '')).toBe('****');
  });
});
