import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { proposeInTime, type LearnedPolicy } from '../../../activities/signals/learned.ts';
import {
  classify,
  learnedIntents,
  parseIntents,
  trainIntents,
} from '../../../examples/intents/classifier.ts';
import { heldOutFigures, trainCommand } from '../../../examples/intents/train-command.ts';

const texts = ['the bill', 'my bill is wrong', 'pay the bill', 'बिल गलत है', 'बिल देखिए']
  .map((text) => ({ text, label: 'billing' }))
  .concat(
    ['the line', 'my line is dead', 'line again', 'लाइन बंद है', 'लाइन देखिए'].map((text) => ({
      text,
      label: 'technical',
    })),
  );
const asked = { text: 'what about this bill', earlier: [], language: 'en' };

test('a model tells what it has seen apart, also in words it has not seen, and is the same every time', () => {
  const model = trainIntents(texts);
  expect(trainIntents(texts)).toEqual(model);
  expect(classify(model, 'bills').label).toBe('billing');
  expect(classify(model, 'लाइनें').label).toBe('technical');
  expect(classify(model, 'bills').confidence).toBeGreaterThan(classify(model, 'xyz').confidence);
  expect(heldOutFigures(texts)).toMatchObject({ tested: 10, right: 10 });
});

test('a proposal says what made it', async () => {
  const learned = learnedIntents(parseIntents(JSON.parse(JSON.stringify(trainIntents(texts)))));
  expect(await proposeInTime(learned, asked)).toMatchObject({ label: 'billing', by: learned.name });
  expect(learned.name).toMatch(/^intents@[0-9a-f]{8}$/);
});

test.each<[string, LearnedPolicy['propose']]>([
  ['is late', () => new Promise(() => undefined)],
  ['fails', () => Promise.reject(new Error('no model'))],
  [
    'throws',
    () => {
      throw new Error('no model');
    },
  ],
  ['has nothing to say', () => Promise.resolve(undefined)],
  ['is more than sure', () => Promise.resolve({ label: 'billing', confidence: 7 })],
  ['answers nonsense', () => Promise.resolve({ label: 5 as unknown as string, confidence: 1 })],
])('a learned policy that %s proposes nothing, and rules decide', async (_, propose) => {
  expect(await proposeInTime({ name: 'l', propose }, asked, 20)).toBeUndefined();
});

describe('npm run train -- intents', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'baton-train-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('writes a model of the data that its user names', async () => {
    const [data, out] = [path.join(folder, 'data.jsonl'), path.join(folder, 'model', 'intents.json')];
    await writeFile(data, texts.map((one) => JSON.stringify(one)).join('\n'));
    expect(await trainCommand(['--data', data, '--out', out, '--json'])).toBe(0);
    expect(parseIntents(JSON.parse(await readFile(out, 'utf8')))).toEqual(trainIntents(texts));
  });

  test.each([['{"text":"a"}'], ['no json'], ['{"text":"a","label":"one"}']])('refuses %s', async (line) => {
    const data = path.join(folder, 'data.jsonl');
    await writeFile(data, line);
    expect(await trainCommand(['--data', data, '--out', path.join(folder, 'm.json')])).toBe(2);
  });
});
