import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evalSignals } from '../../../examples/evals/signals.ts';

const ours = path.resolve('examples/evals/signals/labelled.jsonl');

let folder: string;
let out: string[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'baton-signals-'));
  out = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out.push(String(chunk));
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(...lines: readonly unknown[]): string {
  const name = path.join(folder, 'messages.jsonl');
  writeFileSync(name, lines.map((line) => JSON.stringify(line)).join('\n'));
  return name;
}

const totals = (): unknown => JSON.parse(out.at(-1) ?? '');

test('our own labelled messages are read, denials among them without a false alarm', async () => {
  expect(await evalSignals(['--data', ours, '--json'])).toBe(0);
  expect(totals()).toMatchObject({ falseHumanAlarms: 0, signals: { human: { recall: 1 } } });
});

test('what is missed or found besides is counted, and named without its text', async () => {
  const data = file(
    { id: 'a', language: 'en', text: 'I want a human', labels: [] },
    { id: 'b', language: 'en', text: 'the line is down here', labels: ['human'] },
  );
  expect(await evalSignals(['--data', data, '--json'])).toBe(1);
  expect(totals()).toMatchObject({
    messages: 2,
    falseHumanAlarms: 1,
    signals: { human: { expected: 1, found: 1, right: 0, precision: 0, recall: 0 } },
    failed: ['a', 'b'],
  });
  expect(out.join('')).not.toContain('want');
});

test.each([
  [[{ id: 'a', language: 'fr', text: 'x', labels: [] }]],
  [
    [
      { id: 'a', language: 'en', text: 'x', labels: [] },
      { id: 'a', language: 'en', text: 'y', labels: [] },
    ],
  ],
  [[]],
])('bad input %j ends with 2', async (lines) => {
  expect(await evalSignals(['--data', file(...lines)])).toBe(2);
});
