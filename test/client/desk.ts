import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { z } from 'zod';
import type { Answer } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { isBatonError } from '../../contract/failures.ts';
import type { ContextStore, LedgerStore } from '../../contract/ports.ts';
import { cipherOfEnvironment, doorKeysIn } from '../../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import { newDoor } from '../security/doors.ts';
import { addNamespace } from '../support/namespace.ts';

const finance = people('finance', { ann: { roles: ['lead'] }, bob: { roles: [] } });

const refund = defineTool({
  name: 'refund',
  description: 'Pays a customer back',
  input: z.object({ orderId: z.string(), amountEur: z.number() }),
  effect: 'write',
  approval: {
    pool: 'finance',
    when: { kind: 'above', field: 'amountEur', value: 100 },
    expiresMs: 3_600_000,
    question: 'Refund to the customer?',
  },
  retry: { attempts: 1 },
  run: ({ input }) =>
    input.orderId === 'O-broken'
      ? Promise.reject(new Error('the till is out of order'))
      : Promise.resolve({ kind: 'done', result: { paidEur: input.amountEur } }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

/** What the desk's door signs with; a service of the tests that is to be believed has its key. */
export const deskDoor = newDoor('desk-web');

const gift = defineTool({
  name: 'gift',
  description: 'Gives a customer something',
  input: z.object({ amountEur: z.number() }),
  effect: 'write',
  approval: { pool: 'finance', proof: 'proven', expiresMs: 3_600_000, question: 'Give it away?' },
  run: ({ input }) => Promise.resolve({ kind: 'done', result: { givenEur: input.amountEur } }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

const voucher = defineTool({
  name: 'voucher',
  description: 'Sends a customer a voucher',
  input: z.object({ amountEur: z.number() }),
  effect: 'write',
  approval: { pool: 'finance', expiresMs: 3_600_000, question: 'Send it?', undoMs: 3_600_000 },
  preview: ({ input }) =>
    input.amountEur > 100
      ? Promise.reject(new Error('the list of vouchers is not there'))
      : Promise.resolve({ before: { vouchersEur: 10 }, after: { vouchersEur: 10 + input.amountEur } }),
  retry: { attempts: 1 },
  run: ({ input }) => Promise.resolve({ kind: 'done', result: { sentEur: input.amountEur } }),
  undo: () => Promise.resolve({ kind: 'undone' }),
});

/**
 * Does what the last message says in its first word: `billing ORDER` transfers, `finish WORD` ends, `human`
 * escalates, `fail` throws; everything else is answered.
 */
const triage = defineAgent({
  name: 'triage',
  version: '1.0.0',
  domain: 'front',
  scope: 'First contact',
  accepts: z.object({ orderId: z.string().optional() }),
  retry: { attempts: 1 },
  run: (turn) => {
    const text = turn.unanswered.at(-1)?.text ?? '';
    const [verb, ...rest] = text.split(' ');
    switch (verb ?? '') {
      case 'billing':
        return {
          intent: {
            kind: 'transfer',
            to: 'billing',
            reasonCode: 'billing-question',
            explanation: text,
            facts: { orderId: rest[0] ?? 'O-1' },
          },
        };
      case 'human':
        return { intent: { kind: 'escalate', reasonCode: 'asked', explanation: text } };
      case 'finish':
        return { intent: { kind: 'finish', outcome: rest[0] ?? 'done' } };
      case 'fail':
        throw new Error('triage is broken');
      default:
        return say(`you said: ${text}`);
    }
  },
});

/**
 * `refund AMOUNT` pays back, `gift AMOUNT` gives, `voucher AMOUNT` sends, `finish` ends; everything else is answered.
 * Asked about a review by `AMOUNT?`, it asks for that much instead; by anything else, it says why.
 */
const billing = defineAgent({
  name: 'billing',
  version: '1.2.0',
  domain: 'finance',
  scope: 'Charges and refunds',
  accepts: z.object({ orderId: z.string() }),
  tools: [refund, gift, voucher],
  retry: { attempts: 1 },
  run: (turn) => {
    const [answer] = turn.answers;
    if (answer) return say(`${answer.tool}: ${answer.answer.kind}`);
    const { orderId } = turn.facts;
    const asked = Number.parseInt(turn.asked?.question ?? '', 10);
    if (asked > 0) return calls('refund', { orderId, amountEur: asked }, 'as much as it was worth');
    if (turn.asked) return say(`because of ${orderId}`);
    const text = turn.unanswered.at(-1)?.text ?? '';
    const [verb, word] = text.split(' ');
    if (verb === 'refund') return calls('refund', { orderId, amountEur: Number(word) });
    if (verb === 'gift' || verb === 'voucher') return calls(verb, { amountEur: Number(word) });
    return verb === 'finish'
      ? { intent: { kind: 'finish', outcome: word ?? 'done' } }
      : say(`billing heard: ${text}`);
  },
});

function calls(tool: string, given: Record<string, string | number>, reason?: string): Answer {
  const intent = { kind: 'call' as const, calls: [{ id: 'c1', tool, arguments: given }] };
  return { intent, ...(reason === undefined ? {} : { provenance: { reason } }) };
}

function say(text: string): Answer {
  return { intent: { kind: 'reply', text: text.slice(0, 1_000) } };
}

/** The team of the tests: triage hands to billing, and everybody to people. */
const desk: Team = defineTeam({
  name: 'test-desk',
  start: triage,
  edges: [
    edge(triage, billing, { redact: { only: ['email'] }, unmask: ['lead'] }),
    escalate(triage, finance),
    escalate(billing, finance),
  ],
  limits: { repairs: 0 },
});

/** Workers of the desk in a namespace of their own, with an embedded ledger. */
export interface RunningDesk {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  readonly ledger: LedgerStore;
  readonly ledgerUrl: string;
  /** Where the desk has one. */
  readonly context?: ContextStore;
  /** Environment for a child process that is to reach all this. */
  readonly environment: Readonly<Record<string, string>>;
  readonly startWorkers: () => Promise<void>;
  readonly stopWorkers: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the desk on the server of the environment. A namespace of its own keeps its task queues apart.
 * @param options `context` gives its workers a context store too
 */
export async function startDesk(options: { readonly context?: boolean } = {}): Promise<RunningDesk> {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const namespace = `desk-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  await addNamespace(connection, namespace);
  const native = await NativeConnection.connect({ address });
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-desk-'));
  const ledgerUrl = `file:${path.join(folder, 'ledger.db')}`;
  const ledger = await openLedgerStore(ledgerUrl);
  const manifests = await openManifestStore(ledgerUrl);
  const places = { BATON_LEDGER_URL: ledgerUrl };
  const context = options.context
    ? await openContextAt(contextLocations(places), cipherOfEnvironment(places))
    : undefined;
  let stopWorkers = (): Promise<void> => Promise.resolve();
  const startWorkers = async (): Promise<void> => {
    const workers = await createWorkers({
      connection: native,
      namespace,
      teams: [desk],
      ledger,
      manifests,
      ...(context ? { context } : {}),
      doorKeys: doorKeysIn(() => JSON.stringify(deskDoor.file)),
      bundle: { codePath: String(process.env['BATON_TEST_BUNDLE']) },
      graceMs: 200,
    });
    const running = workers.run();
    stopWorkers = async () => {
      workers.stop();
      await running;
      stopWorkers = () => Promise.resolve();
    };
  };
  await startWorkers();
  return {
    address,
    namespace,
    client: new Client({ connection, namespace }),
    ledger,
    ledgerUrl,
    ...(context ? { context } : {}),
    environment: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, BATON_LEDGER_URL: ledgerUrl },
    startWorkers,
    stopWorkers: () => stopWorkers(),
    stop: async () => {
      await stopWorkers();
      await ledger.close();
      await manifests.close();
      await context?.close();
      await native.close();
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The failure that something throws, as its code, message and field. Fails when it does not throw. */
export async function failureFrom(
  promise: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string; readonly field: string | undefined }> {
  try {
    await promise;
  } catch (thrown) {
    if (!isBatonError(thrown)) throw thrown;
    return { code: thrown.code, message: thrown.message, field: thrown.field };
  }
  throw new Error('it did not fail');
}
