import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { withPolicy } from '../../activities/with-policy.ts';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import {
  openLedgerStore,
  openManifestStore,
  openPolicyStore,
  openRecordStore,
  readPolicyFile,
} from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { seedRecords } from '../support/seed.ts';
import { SUPPORT_POLICY, supportDesk } from '../support/team.ts';
import type { Keeper } from './keep.ts';

/** Cases that a policy decides. */
const POLICED = [
  {
    name: 'policed-by-words',
    title: 'A policy asks back where triage is unsure, and takes the case to people when its user is angry',
  },
  {
    name: 'policed-switched',
    title: 'A running case is switched to another version of its policy, and decided by it',
  },
  {
    name: 'human-at-once',
    title: 'A user asks for a human at once: an activity reads it, and no agent takes a turn',
  },
] as const;

/** Names of the cases that {@link recordPolicies} keeps. */
export function policedNames(): readonly string[] {
  return POLICED.map(({ name }) => name);
}

/** Plays cases of the support desk under its policy, and under a version published while they run. */
export async function recordPolicies(folder: string, keeper: Keeper): Promise<void> {
  await mkdir(folder, { recursive: true });
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const url = path.join(folder, 'policies.db');
  const ledger = await openLedgerStore(url);
  const manifests = await openManifestStore(url);
  const policies = await openPolicyStore(url);
  const records = await openRecordStore(path.join(folder, 'policed-records.db'));
  await records.load(seedRecords());
  const policy = await readPolicyFile(SUPPORT_POLICY);
  const teams = [withPolicy(supportDesk(records), policy)];
  const workers = await createWorkers({
    connection,
    namespace,
    teams,
    ledger,
    manifests,
    policies,
    graceMs: 500,
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  for (const { name, title } of POLICED.filter((one) => !keeper.has(one.name))) {
    const atOnce = name === 'human-at-once';
    await baton.open(
      {
        team: 'support-desk',
        task: { definition: 'Help the customer' },
        message: { id: 'word-0', text: atOnce ? 'Let me speak to a human.' : 'Wrong bill, broken router.' },
        user: { id: 'C-1002' },
      },
      { caseId: name },
    );
    if (!atOnce) await rests(baton, name, 'waiting-user');
    if (name === 'policed-switched') {
      const patient = {
        ...policy,
        policyVersion: '1.1.0',
        rules: policy.rules.filter((rule) => rule.id !== 'frustrated'),
      };
      const publishedAt = new Date().toISOString();
      const { digest } = await policies.publish({
        team: 'support-desk',
        policy: patient,
        publishedAt,
        publishedBy: 'ann',
      });
      await baton.switchPolicy(name, { version: '1.1.0', digest, by: 'sara', reason: 'patience' });
      await waits(async () => (await baton.show(name)).policy?.policyVersion === '1.1.0');
    }
    if (!atOnce) await baton.say(name, { messageId: 'word-1', text: 'This is useless. The bill.' });
    if (name === 'policed-switched') {
      await waits(async () => (await baton.status(name)).owner === 'billing');
      await rests(baton, name, 'waiting-user');
      await baton.say(name, { messageId: 'word-2', text: 'Let me speak to a human.' });
    }
    await rests(baton, name, 'human');
    const { transcript } = await baton.show(name);
    const seen = transcript.at(-1)?.sequence ?? 0;
    await baton.resolve(name, { by: 'sara', outcome: 'settled', note: 'by phone', seen });
    await baton.result(name, { signal: AbortSignal.timeout(60_000) });
    await keeper.keep(baton, name, title);
  }
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests, policies, records].map((one) => one.close()));
  await server.stop();
}

async function rests(baton: BatonClient, caseId: string, stage: string): Promise<void> {
  await waits(async () => (await baton.status(caseId)).stage === stage);
}

async function waits(holds: () => Promise<boolean>): Promise<void> {
  if (!(await until(holds, { limitMs: 60_000 }))) throw new Error('the case did not come to it');
}
