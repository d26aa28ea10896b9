import path from 'node:path';
import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { connectBaton } from '../../client/index.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { openBreakerStore, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import type { Keeper } from './keep.ts';

/** Cases whose receivers are looked at first, in this order: what the one does to the breaker, the other finds. */
const GUARDED = [
  {
    name: 'breaker-opens',
    title: 'An agent fails, its backup stands in, and its breaker opens; load is looked up for a rule',
  },
  { name: 'breaker-passed-over', title: 'An isolated agent is passed over before it is offered the case' },
] as const;

/** Names of the cases that {@link recordBreakers} keeps. */
export function guardedNames(): readonly string[] {
  return GUARDED.map(({ name }) => name);
}

const Topic = z.object({ topic: z.string().optional() });
const common = { version: '1.0.0', domain: 'shop', accepts: Topic } as const;

/** Billing is broken, and a clerk stands in for it. */
function brokenDesk(): Team {
  const billing = defineAgent({
    ...common,
    name: 'billing',
    scope: 'Bills',
    breaker: { failures: 1, openMs: 3_600_000, backlog: 100 },
    retry: { attempts: 1 },
    run: () => {
      throw new Error('the books are closed');
    },
  });
  const clerk = defineAgent({
    ...common,
    name: 'clerk',
    scope: 'Bills, by hand',
    run: () => ({ intent: { kind: 'finish', outcome: 'paid', text: 'It is paid.' } }),
  });
  const triage = defineAgent({
    ...common,
    name: 'triage',
    scope: 'Finds out who can help',
    run: () => ({
      intent: { kind: 'transfer', to: 'billing', reasonCode: 'bill', explanation: 'it is about a bill' },
    }),
  });
  return defineTeam({
    name: 'broken-desk',
    start: triage,
    edges: [
      edge(triage, billing, { fallback: [clerk] }),
      edge(triage, clerk),
      escalate(triage, people('desk', { sara: { roles: ['lead'] } })),
    ],
    policy: {
      version: '1.0.0',
      name: 'broken-desk',
      policyVersion: '1.0.0',
      rules: [
        { id: 'crowded', on: 'handoff', when: { input: 'backlog', above: 1_000 }, then: { do: 'escalate' } },
      ],
    },
  });
}

/** Plays them on a server of its own. */
export async function recordBreakers(folder: string, keeper: Keeper): Promise<void> {
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const url = path.join(folder, 'breakers.db');
  const ledger = await openLedgerStore(url);
  const manifests = await openManifestStore(url);
  const breakers = await openBreakerStore(url);
  const workers = await createWorkers({
    ...{ connection, namespace, ledger, manifests, breakers },
    teams: [brokenDesk()],
    graceMs: 500,
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  for (const { name, title } of GUARDED) {
    const message = { id: 'word-0', text: 'About my bill.' };
    await baton.open(
      { team: 'broken-desk', task: { definition: 'Help the customer' }, message },
      { caseId: name },
    );
    await baton.result(name, { signal: AbortSignal.timeout(60_000) });
    await keeper.keep(baton, name, title);
  }
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests, breakers].map((one) => one.close()));
  await server.stop();
}
