import { detectPersonalData } from '../../../activities/privacy/detect.ts';
import { marked, unmarked } from './marked.ts';

/** Every family in one suite: what must be found, and what must not, exactly as marked. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  email: [
    'mail [email|a.b+c@mail.example.co.in], or "[email|o\'brien@example.com]".',
    '[email|प्रिया@उदाहरण.भारत] और ईमेल:[email|ravi@example.com]पर',
    'write to [email|priya dot sharma at example dot com] or [email|help (at) example.org]',
    'deploy@server01, react@18.2.0, icon@2x.png, @handle, 2 kg @ 100, git@github.com:acme/desk.git',
  ],
  upi: [
    'pay [upi|9876543210@paytm] or [upi|ravi.kumar@ybl].',
    'vpa [upi|meena@newbank], mail [email|meena@newbank.example]',
    'foo@bar and ravi@unknown',
  ],
  phone: [
    'call me at [phone|(415) 555-0132], [phone|+91 98765 43210], [phone|+44 (0)20 7946 0958]',
    'मेरा नंबर [phone|९८७६५ ४३२१०] है; என் எண் [phone|௯௮௭௬௫௪௩௨௧௦]; నా నంబర్ [phone|౯౮౭౬౫౪౩౨౧౦]',
    '電話 [phone|＋８１ ９０-１２３４-５６７８], رقمي [phone|+٩٧١ ٥٠ ١٢٣ ٤٥٦٧]',
    'Mob-[phone|9876543210]/[phone|9123456780], Phone([phone|9876543210]), wa.me/[phone|919876543210]',
    '[phone|98765\u200b43210] and [phone|98765\u00a043210] and [phone|98765\u201143210]',
    '[phone|00 44 20 7946 0958]',
    'order 9876543210, ऑर्डर नंबर 9876543210, ஆர்டர் எண் 9876543210, ఆర్డర్ నంబర్ 9876543210, order number hai 9876543210',
    'PNR 9876543210, PROD-9876543210, /orders/9876543210, ₹9876543210, ₹ 98765 43210, id 9876543210, 9876543210 rupees, 9876543210.55',
    '2024-03-15 10:30, 12/03/1987, 03-20-2024 11:45, 192.168.10.25, 12.971598 77.594566, v10.15.7',
  ],
  card: [
    'card [card|4111 1111 1111 1111] 09/27 cvv 123, [card|4111-1111-1111-1111], [card|378282246310005]',
    '[card|4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2], [card|४१११ ११११ ११११ ११११], [card|4111\u200b1111\u200b1111\u200b1111]',
    'card 4111 1111 1111 1112 (Luhn), 9111 1111 1111 1111 (no issuer), 0000000000000000',
    'my credit card: [card|122000000000003]',
    '122000000000003 alone',
    'order number 4539148803436467, tracking 4111111111111111, EAN 4006381333931, IMEI 490154203237518',
  ],
  iban: [
    '[iban|GB82 WEST 1234 5698 7654 32], [iban|DE89370400440532013000], [iban|de89-3704-0044-0532-0130-00] please',
    'GB82 WEST 1234 5698 7654 33, GB82 WEST 1234 5698 7654, ZZ82 WEST 1234 5698 7654 32',
  ],
  aadhaar: [
    'आधार [aadhaar|२३४१ २३४१ २३४६], [aadhaar|234123412346], [aadhaar|2341-2341-2346]',
    'aadhaar [aadhaar|2341 2341 2346] 2024 में, [aadhaar|3123:4567:8909]',
    '2341 2341 2345 (Verhoeff), 1234 5678 9012, tracking number: 2341 2341 2346, 4111 2341 2341 2346',
  ],
  pan: [
    'PAN [pan|ABCPE1234F], पैन [pan|abcpk1234l]',
    'code ABCDE1234F, SKU-ABCPE1234F, part ABCPE1234F, XABCPE1234F',
  ],
  gstin: [
    'GSTIN [gstin|27AAPFU0939F1ZV] and [gstin|27aapfu0939f1zv], PAN [pan|AAPFU0939F]',
    '27AAPFU0939F1ZX (check), 48AAPFU0939F1ZV (state)',
  ],
  ifsc: [
    'IFSC [ifsc|HDFC0001234], [ifsc|SBIN0000300]; ifsc code [ifsc|YESB0AB1204]',
    'HDFC1001234, SKU HDFC0001234, HDFC00012345',
  ],
  passport: [
    'passport no. [passport|K1234567], பாஸ்போர்ட் எண் [passport|K1234567], పాస్‌పోర్ట్ నంబర్ [passport|K1234567]',
    '[passport|M1234567] is my passport number; पासपोर्ट संख्या [passport|N1234567]; passport: [passport|987654321]',
    'K1234567 and 987654321 by themselves; bring a passport photo 35x45. Code K1234567',
  ],
  'birth-date': [
    'DOB: [birth-date|12/03/1987], born on [birth-date|12th March 1987], D.O.B. [birth-date|1987-03-12]',
    'मेरी जन्म तिथि [birth-date|१२/०३/१९८७] है, मेरा जन्म [birth-date|12 मार्च 1987] को हुआ',
    'பிறந்த தேதி [birth-date|12 மார்ச் 1987]; நான் [birth-date|12/03/1987] அன்று பிறந்தேன்',
    'పుట్టిన తేదీ [birth-date|12 మార్చి 1987]; నేను [birth-date|12/03/1987] న పుట్టాను; mera janm [birth-date|12-03-1987] ko hua',
    'delivered 12/03/1987, DOB not known, order date 12/03/2024, version 12.03.1987',
  ],
  secret: [
    '[secret|sk-proj-abc123DEF456ghi789] [secret|ghp_16C7e42F292c6912E7710c838347Ae178B4a] [secret|AKIAIOSFODNN7EXAMPLE]',
    'Authorization: Bearer [secret|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc123def456]',
    '[secret|-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----] end',
    'password: [secret|hunter2], पासवर्ड [secret|Mera@1234] है, DB_PASSWORD=[secret|Tr0ub4dor&3]',
    'postgres://app:[secret|s3cr3tpw]@db.example.com/orders, api_key=[secret|abcd1234efgh5678]',
    'The password is wrong. Password: required. tokens: 1500, commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
    'sk-learn-extension, task-force, idempotency key 3f2b8c1e-9d4a-4b6f-8a57-0c1d2e3f4a5b',
  ],
  none: [
    'Order ORD-2024-000123, invoice INV-2024-000123, #W1234567, ₹1,23,456.78, $1,234.99, Rs. 45000, 12.5%',
    'UUID 123e4567-e89b-42d3-a456-426614174000, 1Z999AA10123456784, EE123456789IN, OD123456789012345678',
    'from 2019-2024, pages 123-456, 10:30-11:45, 1700000000, 1700000000000, 16:9, 1e10, 0x1F4',
    '',
  ],
};

describe.each(Object.entries(FAMILIES))('%s', (_family, texts) => {
  it.each(texts)('%s', (shown) => {
    const text = unmarked(shown);
    expect(marked(text, detectPersonalData(text))).toBe(shown);
  });
});

describe('offsets', () => {
  it('are those of the original, behind emoji, digits outside the basic plane and characters of no width', () => {
    const text = '😀\u200d👩 \u{1d7d7}8765\u{200b}43210 📞';
    const [found] = detectPersonalData(text);
    expect(found && text.slice(found.start, found.end)).toBe('\u{1d7d7}8765\u{200b}43210');
  });

  it('hold for a text that ends in half a character', () => {
    const text = 'a@example.com \ud83d';
    expect(detectPersonalData(text)).toEqual([{ kind: 'email', start: 0, end: 13 }]);
  });
});

describe('hostile text', () => {
  const parts = [
    ...[
      '1',
      '1 ',
      '9-',
      '@',
      'a@',
      'a.',
      '(',
      '+91 ',
      '+',
      'password: ',
      'token ',
      'passport ',
      'dob ',
      'born 12/03 ',
    ],
    ...[
      'eyJ',
      'sk-',
      '-----BEGIN PRIVATE KEY-----',
      '98765 43210 ',
      '4111 1111 1111 1111 ',
      'number is ',
      'ab_',
      'आधार ',
    ],
    ...[
      'a at b dot c ',
      'http://a:',
      'GB82',
      'a1-us',
      '020 7946 0958 ',
      'jan 12 ',
      'number is 9876543210 ',
      'order no 9876543210 ',
      '\u200b',
      '1\u200b',
      '१ ',
      ' ',
      '\n',
    ],
  ];

  // A text ten times as long may take ten times as long; a pattern that goes back over its text takes a hundred.
  it.each(parts)('%j over and over takes time in proportion to its length', (part) => {
    // Milliseconds of a processor, which a busy machine does not lengthen; a collection of garbage may, in one run.
    const time = (length: number): number => {
      const text = part.repeat(Math.ceil(length / part.length));
      const runs = [0, 1].map(() => {
        const started = process.cpuUsage();
        detectPersonalData(text);
        const { user, system } = process.cpuUsage(started);
        return (user + system) / 1_000;
      });
      return Math.min(...runs);
    };
    time(2_000);
    expect(time(40_000)).toBeLessThan(Math.max(30 * time(4_000), 250));
  });
});
