import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { withPolicyFiles } from '../../workers/policy-files.ts';
import { SUPPORT_POLICY, supportDesk } from '../../examples/support/team.ts';
import { agent, reply } from '../support/agents.ts';
import type { RecordStore } from '../../contract/ports.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-policies-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const desk = people('desk', { bob: { roles: [] } });
const only = agent('only', 'only', () => reply('yes'));
const team = defineTeam({ name: 'team', start: only, edges: [escalate(only, desk)] });

async function fileOf(text: string): Promise<string> {
  const file = path.join(folder, `${String(text.length)}.yaml`);
  await writeFile(file, text);
  return file;
}

test('a team comes under the policy of its file; another version of it is another manifest', async () => {
  const text = await readFile(SUPPORT_POLICY, 'utf8');
  const file = await fileOf(text.replace('policyVersion: 1.0.0', 'policyVersion: 1.0.1'));
  // Its tools are never called.
  const plain = supportDesk({} as RecordStore);
  const [policed] = await withPolicyFiles([plain], { 'support-desk': SUPPORT_POLICY });
  const [later] = await withPolicyFiles([plain], { 'support-desk': file });
  expect(plain.manifest.policy).toBeUndefined();
  expect(policed?.manifest.policy).toMatchObject({ name: 'support-desk', policyVersion: '1.0.0' });
  expect(policed?.agents).toBe(plain.agents);
  expect(new Set([plain.digest, policed?.digest, later?.digest]).size).toBe(3);
});

test('a file that is broken is refused with its lines, names that the team has not included', async () => {
  const head = 'version: 1.0.0\nname: desk\npolicyVersion: 1.0.0\n';
  const misspelt = await fileOf(
    `${head}rules:\n  - { id: a, on: turn, when: { input: hopps, above: 1 }, then: { do: tell } }\n`,
  );
  await expect(withPolicyFiles([team], { team: misspelt })).rejects.toMatchObject({
    code: 'POLICY_INVALID',
    message: expect.stringContaining(
      `${misspelt}:5:32: policy.rules.0.when.input: there is no input "hopps"`,
    ) as string,
  });
  const stranger = await fileOf(
    `${head}rules:\n  - id: a\n    on: turn\n    when: { input: hops, above: 1 }\n    then: { do: escalate, pool: nobody }\n` +
      '  - { id: b, on: turn, when: { input: hops, above: 1 }, then: { do: transfer, to: someone } }\n',
  );
  await expect(withPolicyFiles([team], { team: stranger })).rejects.toMatchObject({
    code: 'POLICY_INVALID',
    message: expect.stringMatching(
      /:8:27: policy\.rules\.0\.then\.pool: there is no pool nobody; pools: desk \| .*:9:79: policy\.rules\.1\.then\.to: there is no agent someone; agents: only/,
    ) as string,
  });
  await expect(withPolicyFiles([team], { team: path.join(folder, 'none.yaml') })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
  });
  await expect(withPolicyFiles([team], { temm: misspelt })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
    message: expect.stringContaining('there is no team "temm"; teams here: team') as string,
  });
});
