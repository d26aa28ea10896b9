/**
 * A user's program in plain JavaScript: a team, a worker with the bundle of the built package, one whole case. It runs
 * where `baton` is the packed package, and is not checked here, where there is none.
 */
import { NativeConnection } from '@temporalio/worker';
import { z } from 'zod';
import { defineAgent, defineRecordTool, defineTeam, edge, escalate, people } from 'baton/activities';
import { connectBaton } from 'baton/client';
import { CASE_QUEUE } from 'baton/contract';
import { openLedgerStore, openManifestStore, openRecordStore } from 'baton/stores';
import { createWorkers, requireSearchAttributes } from 'baton/worker';

const address = process.env.TEMPORAL_ADDRESS;
const namespace = process.env.TEMPORAL_NAMESPACE;

const records = await openRecordStore('file:records.db');
await records.load({ accounts: { 'a-1': { balance: 10 } } });

const pay = defineRecordTool({
  name: 'pay',
  description: 'Pays into an account',
  input: z.object({ account: z.string(), amount: z.number() }),
  store: () => records,
  change: async (transaction, { account, amount }) => {
    const { balance } = await transaction.get('accounts', account);
    await transaction.put('accounts', account, { balance: balance + amount });
    return { kind: 'done', result: { balance: balance + amount } };
  },
});

const about = { version: '1.0.0', domain: 'money', scope: 'pays' };
const front = defineAgent({
  ...about,
  name: 'front',
  accepts: z.object({}),
  run: () => ({
    intent: { kind: 'transfer', to: 'cashier', reasonCode: 'money', facts: { account: 'a-1' } },
  }),
});
const cashier = defineAgent({
  ...about,
  name: 'cashier',
  accepts: z.object({ account: z.string() }),
  tools: [pay],
  run: ({ answers: [paid], facts: { account } }) =>
    paid
      ? { intent: { kind: 'finish', outcome: `balance ${String(paid.answer.result.balance)}` } }
      : { intent: { kind: 'call', calls: [{ id: 'p', tool: 'pay', arguments: { account, amount: 5 } }] } },
});
const team = defineTeam({
  name: 'till',
  start: front,
  edges: [edge(front, cashier), escalate(cashier, people('desk', { pam: { roles: [] } }))],
});

const connection = await NativeConnection.connect({ address });
await requireSearchAttributes(connection, namespace);
const ledger = await openLedgerStore('file:ledger.db');
const manifests = await openManifestStore('file:ledger.db');
const workers = await createWorkers({ connection, namespace, teams: [team], ledger, manifests });
if (!workers.queues.includes(CASE_QUEUE)) throw new Error('no queue of cases');
const running = workers.run();
const baton = await connectBaton({ address, namespace, ledger });

const { caseId } = await baton.open({
  team: 'till',
  task: { definition: 'pay in' },
  message: { id: 'm', text: 'Hi' },
});
for await (const { stage } of baton.watch(caseId)) if (stage === 'closed') break;
const { path, outcome } = await baton.show(caseId);
const { ok, rows } = await baton.verify(caseId);

workers.stop();
await running;
await baton.close();
await connection.close();
await Promise.all([ledger.close(), manifests.close(), records.close()]);
process.stdout.write(JSON.stringify({ path, outcome, verified: ok, rows: rows > 0 }));
