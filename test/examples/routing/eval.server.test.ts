import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SUPPORT_POLICY } from '../../../examples/support/team.ts';
import { runEval } from '../run-eval.ts';

const conversations = [
  { id: 'human', messages: ['Let me speak to a human.'], target: 'people:support', at: 1 },
  { id: 'angry', messages: ['This router is useless.'], target: 'people:support', at: 1 },
  { id: 'either', messages: ['Wrong bill, broken router.', 'The bill.'], target: 'billing', at: 2 },
  { id: 'line', messages: ['मेरी लाइन बंद है'], language: 'hi', target: 'technical', at: 1 },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-routing-'));
  const lines = conversations.map((one) => JSON.stringify({ language: 'en', ...one }));
  await writeFile(path.join(folder, 'all.jsonl'), lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a threshold that is changed in the file of the policy moves the figures', async () => {
  const right = { conversations: 4, falseEscalations: 0 };
  expect(await runEval('routing', folder, [])).toEqual({
    ...right,
    rightTarget: 4,
    rightMoment: 4,
    missedEscalations: 0,
    failed: [],
  });
  const text = await readFile(SUPPORT_POLICY, 'utf8');
  const patient = text
    .replace('input: frustration, atLeast: 0.6', 'input: frustration, atLeast: 0.9')
    .replace('input: confidence, below: 0.5', 'input: confidence, below: 0.1')
    .replace('policyVersion: 1.0.0', 'policyVersion: 1.0.1');
  const file = path.join(folder, 'patient.yaml');
  await writeFile(file, patient);
  expect(await runEval('routing', folder, ['--policy', file])).toEqual({
    ...right,
    // Who is angry stays with the technician, and who named two things is sent on without being asked.
    rightTarget: 3,
    rightMoment: 2,
    missedEscalations: 1,
    failed: ['angry', 'either'],
  });
}, 360_000);
