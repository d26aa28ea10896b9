import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runBatonHere } from './run-here.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-policy-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, threshold: number, more = ''): Promise<string> {
  const place = path.join(folder, name);
  await writeFile(
    place,
    `version: 1.0.0
name: desk
policyVersion: 1.0.0
rules:
  - id: unsure
    on: turn
    when: { input: confidence, below: ${String(threshold)} }
    then: { do: escalate }
${more}`,
  );
  return place;
}

test('check names the policy and its digest', async () => {
  const { exitCode, output } = await runBatonHere(['policy', 'check', await file('a.yaml', 0.8), '--json']);
  expect({ exitCode, ...(JSON.parse(output) as object) }).toMatchObject({
    exitCode: 0,
    ok: true,
    name: 'desk',
    rules: ['unsure'],
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
});

test('check tells every fault like a compiler, and fails', async () => {
  const bad = await file('bad.yaml', 0.8, '    whn: 1\n');
  const { exitCode, output } = await runBatonHere(['policy', 'check', bad]);
  expect({ exitCode, output }).toEqual({
    exitCode: 1,
    output: `${bad}:9:5: policy.rules.0.whn: there is no such field; remove or rename it\n1 fault\n`,
  });
});

test('a file that is not there is bad input', async () => {
  const { exitCode, errors } = await runBatonHere(['policy', 'check', path.join(folder, 'none.yaml')]);
  expect({ exitCode, errors }).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('cannot be read') as string,
  });
});

test('diff names each field, rules by their ids', async () => {
  const [before, after] = [await file('before.yaml', 0.8), await file('after.yaml', 0.7, '    times: 2\n')];
  const { exitCode, output } = await runBatonHere(['policy', 'diff', before, after]);
  expect({ exitCode, output }).toEqual({
    exitCode: 0,
    output: '2 changes\n  rules.unsure.when.below: 0.8 -> 0.7\n  rules.unsure.times: nothing -> 2\n',
  });
  expect((await runBatonHere(['policy', 'diff', before, before])).output).toBe('the same\n');
});
