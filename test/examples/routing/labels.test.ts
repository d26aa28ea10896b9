import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { customerIdOf, recordsFor } from '../../../examples/evals/routing/customers.ts';
import { readLabelledFolder } from '../../../examples/evals/routing/labelled-folder.ts';
import { judgeRouting, totalsOfRouting } from '../../../examples/evals/routing/score.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-labels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const line = (more: object = {}): string =>
  JSON.stringify({ id: 'a', language: 'en', messages: ['one', 'two'], target: 'billing', at: 2, ...more });

test('our own set: at least 120 conversations, at least 20 in each language', async () => {
  const own = await readLabelledFolder(path.resolve('examples/evals/routing/conversations'));
  expect(own.length).toBeGreaterThanOrEqual(120);
  for (const language of ['en', 'hi', 'hi-Latn', 'ta', 'te'])
    expect(own.filter((one) => one.language === language).length).toBeGreaterThanOrEqual(20);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['nothing', {}, 'there is no conversation in'],
  ['what is no JSON', { 'a.jsonl': `${line()}\nnot` }, 'a.jsonl:2 is not JSON'],
  ['a target that nobody is', { 'a.jsonl': line({ target: 'sales' }) }, 'a.jsonl:1: '],
  ['a moment behind the end', { 'a.jsonl': line({ at: 3 }) }, 'a.jsonl:1: at is 3, of 2 messages'],
  ['an id twice', { 'a.jsonl': line(), 'b.jsonl': line() }, 'two conversations have the id a'],
])('a folder with %s is refused', async (_, files, told) => {
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  await expect(readLabelledFolder(folder)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(told) as string,
  });
});

test('every conversation has a customer of its own, with the records of the one it names', async () => {
  await writeFile(
    path.join(folder, 'a.jsonl'),
    `${line({ customer: 'C-1001' })}\n${line({ id: 'b', customer: 'C-1001' })}`,
  );
  const conversations = await readLabelledFolder(folder);
  expect(conversations.map(customerIdOf)).toEqual(['C-1001-a', 'C-1001-b']);
  const { customers, charges, lines } = recordsFor(conversations);
  expect(customers).toMatchObject({ 'C-1001-a': { lineId: 'L-1001-a' }, 'C-1001-b': { lineId: 'L-1001-b' } });
  expect(Object.keys(charges ?? {})).toEqual(['CH-1-a', 'CH-2-a', 'CH-1-b', 'CH-2-b']);
  expect(lines?.['L-1001-b']).toMatchObject({ customerId: 'C-1001-b' });
});

test('right, late, escalated for nothing and not escalated are told apart', async () => {
  await writeFile(
    path.join(folder, 'a.jsonl'),
    `${line()}\n${line({ id: 'people', target: 'people:support', at: 1 })}`,
  );
  const [agents, people] = await readLabelledFolder(folder);
  if (!agents || !people) throw new Error('two were written');
  const reports = [
    judgeRouting({ conversation: agents, places: ['triage', 'billing'] }),
    judgeRouting({ conversation: agents, places: ['billing', 'billing'] }),
    judgeRouting({ conversation: agents, places: ['people:support'] }),
    judgeRouting({ conversation: people, places: ['triage', 'technical'] }),
    judgeRouting({ conversation: people, places: ['people:finance'] }),
    judgeRouting({ conversation: people, places: [], trouble: 'no server' }),
  ].map((report, index) => ({ ...report, id: String(index) }));
  expect(totalsOfRouting(reports)).toEqual({
    conversations: 6,
    rightTarget: 2,
    rightMoment: 1,
    falseEscalations: 1,
    missedEscalations: 2,
    failed: ['1', '2', '3', '4', '5'],
  });
});
