import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evalPii } from '../../../examples/evals/pii.ts';
import { labelledLines } from '../../../examples/evals/pii/labelled-lines.ts';
import { parseLabelledFile } from '../../../examples/evals/pii/labelled-file.ts';
import { matches } from '../../../examples/evals/pii/score.ts';
import type { Totals } from '../../../examples/evals/pii/score.ts';

const ours = path.resolve('examples/evals/pii/labelled.jsonl');

let folder: string;
let out: string[];
let errors: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'baton-pii-'));
  out = [];
  errors = [];
  const into = (lines: string[]) => (chunk: unknown) => {
    lines.push(String(chunk));
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(into(out));
  jest.spyOn(process.stderr, 'write').mockImplementation(into(errors));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(...lines: readonly unknown[]): string {
  const name = path.join(folder, 'texts.jsonl');
  writeFileSync(
    name,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return name;
}

function totals(): Totals {
  return JSON.parse(out.at(-1) ?? '') as Totals;
}

describe('our labelled file', () => {
  it('is what its generator makes of its seed, in five languages, with at least 300 texts', () => {
    const content = readFileSync(ours, 'utf8');
    expect(content).toBe(labelledLines());
    const texts = parseLabelledFile(content);
    expect(texts.length).toBeGreaterThanOrEqual(300);
    const locales = new Set(texts.map((one) => one.locale));
    for (const locale of ['en-IN', 'hi-IN', 'ta-IN', 'te-IN', 'hi-Latn']) expect(locales).toContain(locale);
    expect(texts.filter((one) => one.spans.length === 0).length).toBeGreaterThanOrEqual(100);
  });

  it('is read as labelled: checksummed kinds at least 0.98 both, no false alarm', async () => {
    await expect(evalPii(['--data', ours, '--json'])).resolves.toBe(0);
    const { strings, kinds, falseAlarms } = totals();
    expect(strings).toBeGreaterThanOrEqual(300);
    expect(falseAlarms).toBe(0);
    for (const [, figures] of Object.entries(kinds)) {
      expect(figures.precision).toBeGreaterThanOrEqual(0.98);
      expect(figures.recall).toBeGreaterThanOrEqual(0.98);
    }
  });
});

describe('the figures', () => {
  const card = '4111 1111 1111 1111';

  it('count what was missed, found beside, and alarmed for nothing', async () => {
    const name = file(
      { id: 'right', text: `card ${card}`, spans: [{ kind: 'CREDIT_CARD', start: 5, end: 24 }] },
      { id: 'missed', text: 'card 4111 1111 1111 1112', spans: [{ kind: 'card', start: 5, end: 24 }] },
      { id: 'alarm', text: 'mail a@example.com', spans: [] },
    );
    await expect(evalPii(['--data', name, '--json'])).resolves.toBe(1);
    expect(totals()).toEqual({
      strings: 3,
      kinds: {
        card: { precision: 1, recall: 0.5, expected: 2, found: 1, right: 1 },
        email: { precision: 0, recall: 1, expected: 0, found: 1, right: 0 },
      },
      falseAlarms: 1,
      failed: ['missed', 'alarm'],
    });
    expect(errors.join('')).toContain('below 0.98 in precision or recall: card');
    expect([...out, ...errors].join('')).not.toContain('a@example.com');
  });

  it('prints a table without --json', async () => {
    await evalPii(['--data', file({ id: 'a', text: card, spans: [{ kind: 'card', start: 0, end: 19 }] })]);
    expect(out.join('')).toMatch(/^card +1\.0000 +1\.0000 +1 +1 +1$/m);
  });

  it('take a label inside a span, marks at its ends, and nothing else', () => {
    const text = 'PAN: ABCPE1234F, mail a.b@example.com';
    const pan = (start: number, end: number) => ({ kind: 'pan', start, end }) as const;
    expect(matches(text, pan(0, 15), pan(5, 15))).toBe(true);
    expect(matches(text, pan(5, 16), pan(5, 15))).toBe(true);
    expect(matches(text, pan(5, 14), pan(5, 15))).toBe(false);
    expect(matches(text, pan(6, 15), pan(5, 15))).toBe(false);
    expect(matches(text, { ...pan(5, 15), kind: 'card' }, pan(5, 15))).toBe(false);
    const email = (start: number) => ({ kind: 'email', start, end: 37 }) as const;
    expect(matches(text, email(22), email(24))).toBe(false);
  });
});

describe('bad input', () => {
  const good = { id: 'a', text: 'x', spans: [] };
  const span = (one: unknown) => ({ id: 'b', text: 'hello', spans: [one] });
  it.each([
    ['a broken line', '{"id":', 'line 2, line:'],
    ['a line that is no object', '[]', 'line 2, line:'],
    ['no id', { text: 'x', spans: [] }, 'line 2, id:'],
    ['the same id twice', good, 'line 2, id:'],
    ['no text', { id: 'b', spans: [] }, 'line 2, text:'],
    ['no spans', { id: 'b', text: 'x' }, 'line 2, spans:'],
    ['a locale that is no text', { id: 'b', text: 'x', locale: 1, spans: [] }, 'line 2, locale:'],
    ['an unknown kind', span({ kind: 'shoe', start: 0, end: 1 }), 'line 2, spans.0.kind: "shoe"'],
    ['a kind of the prototype', span({ kind: 'constructor', start: 0, end: 1 }), 'line 2, spans.0.kind:'],
    ['no kind', span({ start: 0, end: 1 }), 'line 2, spans.0.kind: nothing'],
    ['a span outside the text', span({ kind: 'card', start: 0, end: 6 }), 'line 2, spans.0.end: 6'],
    ['a span before the text', span({ kind: 'card', start: -1, end: 3 }), 'line 2, spans.0.start: -1'],
    ['half an offset', span({ kind: 'card', start: 0.5, end: 3 }), 'line 2, spans.0.start:'],
    ['an empty span', span({ kind: 'card', start: 3, end: 3 }), 'line 2, spans.0.end:'],
  ])('%s is refused naming line and field', async (_name, line, message) => {
    await expect(evalPii(['--data', file(good, line)])).resolves.toBe(2);
    expect(errors.join('')).toContain(message);
  });

  it.each([
    ['a missing file', ['--data', '/nowhere/texts.jsonl'], '--data:'],
    ['no file', [], '--data is missing'],
    ['an unknown option', ['--date', 'x'], "Unknown option '--date'"],
  ])('%s is refused', async (_name, args, message) => {
    await expect(evalPii(args)).resolves.toBe(2);
    expect(errors.join('')).toContain(message);
  });

  it('an empty file is refused', async () => {
    await expect(evalPii(['--data', file('')])).resolves.toBe(2);
  });
});
