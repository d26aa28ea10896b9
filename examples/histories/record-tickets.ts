import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { connectBaton } from '../../client/index.ts';
import { ticketWorkflowId } from '../../contract/tickets/mirror.ts';
import { ticketDesksOf } from '../../contract/tickets/read-desks.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { openLedgerStore, openManifestStore, openOutbox } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { startLocalDesk } from '../tickets/local-desk.ts';
import type { Keeper } from './keep.ts';

const CASE = 'mirrored-to-a-ticket';
/** The same case at two desks. */
const MIRRORS = [
  {
    name: 'ticket-mirrored',
    desk: 'open',
    title: 'A case and its ticket are kept alike until the case ends',
  },
  { name: 'ticket-failed', desk: 'shut', title: 'A desk lets nobody in, and the mirroring fails' },
] as const;

/** Names of the histories that {@link recordTickets} keeps. */
export function ticketNames(): readonly string[] {
  return MIRRORS.map(({ name }) => name);
}

/** Brings a case to people and ends it, and keeps the histories of telling two desks of it. */
export async function recordTickets(folder: string, keeper: Keeper): Promise<void> {
  await mkdir(folder, { recursive: true });
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const url = path.join(folder, 'tickets.db');
  const [ledger, manifests, outbox] = [
    await openLedgerStore(url),
    await openManifestStore(url),
    await openOutbox(url),
  ];
  const account = { email: 'baton@acme.example', token: 'a-token', id: 1 };
  let refusals = 0;
  const local = await startLocalDesk({
    account,
    // The first request finds the desk busy, so that an attempt is seen to be repeated.
    meddle: () => (refusals++ === 0 ? { status: 503 } : undefined),
  });
  const desk = {
    url: local.url,
    account: { email: account.email, tokenVariable: 'TOKEN' },
    pools: { desk: {} },
    words: 'masked',
    pausesSeconds: [1, 1, 1],
  };
  const helper = defineAgent({
    name: 'helper',
    version: '1.0.0',
    domain: 'help',
    scope: 'Answers, and knows little',
    accepts: z.object({}),
    run: () => ({ intent: { kind: 'reply', text: 'Tell me more.' } }),
  });
  const teams = [
    defineTeam({
      name: 'ticket-desk',
      start: helper,
      edges: [escalate(helper, people('desk', { sara: { roles: ['lead'] } }))],
    }),
  ];
  const workers = await createWorkers({
    ...{ connection, namespace, teams, ledger, manifests },
    tickets: {
      desks: ticketDesksOf({
        version: '1.0.0',
        allowedHosts: [local.host],
        desks: { open: desk, shut: desk },
      }),
      tokens: { open: account.token, shut: 'another-token' },
      outbox,
    },
    graceMs: 500,
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  const message = { id: 'word-0', text: 'My order?' };
  await baton.open({ team: 'ticket-desk', task: { definition: 'Help' }, message }, { caseId: CASE });
  await baton.askForHuman(CASE);
  await untilTrue(() => local.tickets.size === 1, 'a ticket');
  await baton.reply(CASE, { by: 'sara', messageId: 'word-1', text: 'It is on its way.' });
  await untilTrue(() => local.audits.some((one) => JSON.stringify(one).includes('on its way')), 'a comment');
  await baton.resolve(CASE, { by: 'sara', outcome: 'told', note: 'done' });
  for (const { name, desk: at, title } of MIRRORS) {
    const id = ticketWorkflowId(at, CASE);
    await untilTrue(() => baton.histories(id).then(({ closed }) => closed), id);
    await keeper.keep(baton, id, title, name);
  }
  workers.stop();
  await ended;
  await local.close();
  await baton.close();
  await connection.close();
  await Promise.all([ledger, manifests, outbox].map((one) => one.close()));
  await server.stop();
}

async function untilTrue(is: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const there = (): Promise<boolean> => Promise.resolve(is()).catch(() => false);
  if (!(await until(there, { limitMs: 60_000 }))) throw new Error(`${what} did not come`);
}
