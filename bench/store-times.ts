import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ContextReference } from '../contract/context.ts';
import type { Message } from '../contract/conversation.ts';
import { GENESIS_HASH, ledgerHash, type LedgerRow } from '../contract/ledger.ts';
import type { ContextStore, LedgerStore } from '../contract/ports.ts';
import { startPostgres } from '../scripts/postgres.ts';
import { startRedis } from '../scripts/redis.ts';
import { cipherOfEnvironment } from '../security/index.ts';
import { openContextAt, openLedgerStore } from '../stores/index.ts';
import { percentile } from './arithmetic.ts';
import { alignedTable } from './report.ts';

/** What one operation of a store takes, one at a time. */
export interface StoreTime {
  readonly store: string;
  readonly operation: 'append' | 'put' | 'get';
  readonly msP50: number;
  readonly msP95: number;
  readonly operations: number;
}

interface Place {
  readonly store: string;
  readonly url: string;
  readonly keysUrl: string;
  readonly hotUrl?: string;
}

/** What an operation of a store took, each time it was done, in milliseconds. */
interface Samples {
  readonly store: string;
  readonly operation: StoreTime['operation'];
  readonly ms: readonly number[];
}

/** How often all stores are gone through, so that a slow minute of the machine strikes all of them. */
const PASSES = 5;
/** Operations that warm a store up and are not counted. */
const WARM = 20;
/** Bytes of a value, about what a handoff's facts have. */
const VALUE_BYTES = 1_000;
/** Messages that a read takes along with its value. */
const MESSAGES = 20;

/**
 * Times the stores on this machine: `append` puts four rows into the ledger, `put` a value and two messages into the
 * context, `get` reads a value and twenty messages. PostgreSQL and the embedded store write to the disk as in
 * production; Redis stands before each of them in turn.
 * @param rounds operations of each kind in each of {@link PASSES} passes
 */
export async function measureStores(
  rounds: number,
  progress: (line: string) => void,
): Promise<readonly StoreTime[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bench-'));
  const postgres = await startPostgres({ durable: true });
  const redis = await startRedis();
  try {
    const file = (name: string): string => path.join(folder, name);
    const embedded = { url: file('context.db'), keysUrl: file('keys.db') };
    const server = { url: postgres.url, keysUrl: postgres.url };
    const places: readonly Place[] = [
      { store: 'embedded', ...embedded },
      { store: 'postgres', ...server },
      { store: 'redis + embedded', ...embedded, hotUrl: redis.url },
      { store: 'redis + postgres', ...server, hotUrl: redis.url },
    ];
    const samples: Samples[] = [];
    for (let pass = 1; pass <= PASSES; pass += 1) {
      progress(`stores, pass ${String(pass)} of ${String(PASSES)}`);
      for (const place of places) {
        if (place.hotUrl === undefined) samples.push(await measureLedger(place, rounds));
        samples.push(...(await measureContext(place, rounds)));
      }
    }
    return summarised(samples);
  } finally {
    await redis.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function summarised(samples: readonly Samples[]): readonly StoreTime[] {
  const merged = new Map<string, Samples>();
  for (const one of samples) {
    const name = `${one.store} ${one.operation}`;
    merged.set(name, { ...one, ms: [...(merged.get(name)?.ms ?? []), ...one.ms] });
  }
  return [...merged.values()].map(({ store, operation, ms }) => {
    const at = (share: number): number => Number(percentile(ms, share).toPrecision(3));
    return { store, operation, msP50: at(0.5), msP95: at(0.95), operations: ms.length };
  });
}

/** The times as a table for people. */
export function storeTable(times: readonly StoreTime[]): string {
  return alignedTable([
    ['store', 'operation', 'ms p50', 'ms p95', 'operations'],
    ...times.map(({ store, operation, msP50, msP95, operations }) => [
      ...[store, operation, String(msP50), String(msP95), String(operations)],
    ]),
  ]);
}

async function measureLedger({ store, url }: Place, rounds: number): Promise<Samples> {
  const ledger = await openLedgerStore(url);
  const trace = randomUUID();
  let head: LedgerRow | undefined;
  const append = async (to: LedgerStore): Promise<void> => {
    const rows: LedgerRow[] = [];
    for (let row = 0; row < 4; row += 1) {
      head = rowAfter(head, trace);
      rows.push(head);
    }
    await to.append(rows);
  };
  const ms = await timed(rounds, () => append(ledger));
  await ledger.close();
  return { store, operation: 'append', ms };
}

function rowAfter(head: LedgerRow | undefined, trace: string): LedgerRow {
  const row = {
    version: '1.0.0',
    trace,
    sequence: (head?.sequence ?? 0) + 1,
    previous: head?.hash ?? GENESIS_HASH,
    at: '2026-01-01T00:00:00.000Z',
    kind: 'turn-completed',
    owner: 'billing',
    content: { padding: 'x'.repeat(200) },
  } as const;
  return { ...row, hash: ledgerHash(row) };
}

async function measureContext(place: Place, rounds: number): Promise<readonly Samples[]> {
  const { store, url, keysUrl, hotUrl } = place;
  const locations = { contextUrl: url, keysUrl, ...(hotUrl === undefined ? {} : { hotUrl }) };
  const context = await openContextAt(locations, cipherOfEnvironment({}));
  try {
    const trace = randomUUID();
    const references: ContextReference[] = [];
    const put = await timed(rounds, async () => {
      references.push(...(await putNext(context, trace, references.length)));
    });
    let reads = 0;
    const get = await timed(rounds, async () => {
      const version = reads % references.length;
      reads += 1;
      const through = Math.max(MESSAGES, 2 * version);
      await context.read({
        trace,
        values: references.slice(version, version + 1).map((reference) => ({ reference })),
        messages: { after: through - MESSAGES, through },
      });
    });
    return [
      { store, operation: 'put', ms: put },
      { store, operation: 'get', ms: get },
    ];
  } finally {
    await context.close();
  }
}

function putNext(
  context: ContextStore,
  trace: string,
  expectedVersion: number,
): Promise<readonly ContextReference[]> {
  const value = { n: expectedVersion, padding: 'x'.repeat(VALUE_BYTES) };
  return context.write({
    case: { trace, caseId: 'bench', person: 'bench' },
    values: [{ key: 'facts', value, expectedVersion }],
    messages: [messageAt(2 * expectedVersion + 1), messageAt(2 * expectedVersion + 2)],
  });
}

function messageAt(sequence: number): Message {
  const text = `message ${String(sequence)} ${'x'.repeat(100)}`;
  return {
    id: `m${String(sequence)}`,
    sequence,
    at: '2026-01-01T00:00:00.000Z',
    from: { kind: 'user' },
    text,
  };
}

async function timed(rounds: number, work: () => Promise<void>): Promise<readonly number[]> {
  for (let round = 0; round < WARM; round += 1) await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times;
}
