import type { Client } from '@temporalio/client';
import { marginalCost, mean, median, percentile } from './arithmetic.ts';
import { fillerFor, NO_FILLER, payloadBytesOf, type PayloadBytes } from './payload-bytes.ts';
import { playCases, startCase, type PlayedCase } from './play-cases.ts';
import { metric, type Metric } from './report.ts';
import type { WorkerHandle } from './worker-handle.ts';
import type { Side } from './worker-orders.ts';

/** Both sides at work on one server. */
export interface Arena {
  readonly client: Client;
  readonly workers: Readonly<Record<Side, WorkerHandle>>;
  readonly progress: (line: string) => void;
  /** What raw turns carry besides their own. */
  readonly filler: PayloadBytes;
}

/** How much is measured. */
export interface Effort {
  readonly concurrency: number;
  readonly rounds: number;
  /** No round begins after so many milliseconds: a busy machine gets fewer of them, and at least one. */
  readonly limitMs: number;
  /** Batches of each kind and side in a round. */
  readonly batches: number;
  /** Cases in a batch. */
  readonly cases: number;
}

const few = 1;
const many = 5;
const p50 = (samples: readonly number[]): number => percentile(samples, 0.5);
const p95 = (samples: readonly number[]): number => percentile(samples, 0.95);

/** What one side's batches of a round cost, those of few handoffs and those of many. */
interface Played {
  readonly few: PlayedCase[];
  readonly many: PlayedCase[];
  /** Milliseconds of processor for a case, of each batch. */
  readonly fewCpuMs: number[];
  readonly manyCpuMs: number[];
}

/** The figures of one side in one round. */
interface Round {
  readonly handoffP50: number;
  readonly handoffP95: number;
  readonly acknowledgeP95: number;
  readonly cpuMs: number;
  readonly historyBytes: number;
  readonly historyEvents: number;
  readonly wholeMs: number;
  readonly wholeCpuMs: number;
  readonly wholeBytes: number;
}

/** Measures handoffs on both sides: medians over the rounds. */
export async function measureHandoffs(arena: Arena, effort: Effort): Promise<readonly Metric[]> {
  const { concurrency } = effort;
  const rounds: Record<Side, Round[]> = { baton: [], raw: [] };
  const deadline = performance.now() + effort.limitMs;
  for (let round = 1; round <= effort.rounds && (round === 1 || performance.now() < deadline); round += 1) {
    const played = await playRound(arena, effort);
    for (const side of ['baton', 'raw'] as const)
      rounds[side].push(figuresOf(side, played[side], side === 'raw' ? arena.filler : NO_FILLER));
    const lines = (['baton', 'raw'] as const).map((side) => `${side} ${describe(rounds[side].at(-1))}`);
    arena.progress(
      `${String(concurrency)} at once, round ${String(round)}/${String(effort.rounds)}: ${lines.join('; ')}`,
    );
  }
  const both = (name: string, unit: string, figure: (round: Round) => number): Metric =>
    metric(name, concurrency, {
      baton: median(rounds.baton.map(figure)),
      raw: median(rounds.raw.map(figure)),
      unit,
    });
  return [
    both('handoff_ms_p50', 'ms', (round) => round.handoffP50),
    both('handoff_ms_p95', 'ms', (round) => round.handoffP95),
    metric('ack_ms_p95', concurrency, {
      baton: median(rounds.baton.map((round) => round.acknowledgeP95)),
      raw: null,
      unit: 'ms',
    }),
    both('worker_cpu_ms', 'ms', (round) => round.cpuMs),
    both('history_bytes', 'bytes', (round) => round.historyBytes),
    both('history_events', 'events', (round) => round.historyEvents),
    both('case_ms_p50', 'ms', (round) => round.wholeMs),
    both('case_worker_cpu_ms', 'ms', (round) => round.wholeCpuMs),
    both('case_history_bytes', 'bytes', (round) => round.wholeBytes),
  ];
}

/**
 * Plays batches of both sides and kinds in turn, each time another one first, so that a slow minute of the machine
 * strikes all alike.
 */
async function playRound(arena: Arena, effort: Effort): Promise<Readonly<Record<Side, Played>>> {
  const played: Record<Side, Played> = {
    baton: { few: [], many: [], fewCpuMs: [], manyCpuMs: [] },
    raw: { few: [], many: [], fewCpuMs: [], manyCpuMs: [] },
  };
  const turns = [
    { side: 'baton', kind: 'few' },
    { side: 'raw', kind: 'few' },
    { side: 'baton', kind: 'many' },
    { side: 'raw', kind: 'many' },
  ] as const;
  for (let batch = 0; batch < effort.batches; batch += 1) {
    const first = batch % turns.length;
    for (const { side, kind } of [...turns.slice(first), ...turns.slice(0, first)]) {
      const worker = arena.workers[side];
      const before = await worker.cpuMs();
      const handoffs = kind === 'few' ? few : many;
      const plan = { handoffs, filler: arena.filler };
      const cases = await playCases(arena.client, side, plan, { ...effort, histories: 10 });
      const cpuMs = ((await worker.cpuMs()) - before) / effort.cases;
      played[side][kind].push(...cases);
      played[side][kind === 'few' ? 'fewCpuMs' : 'manyCpuMs'].push(cpuMs);
    }
  }
  return played;
}

function figuresOf(side: Side, played: Played, filler: PayloadBytes): Round {
  const marginal = (
    statistic: (costs: readonly number[]) => number,
    figure: (one: PlayedCase) => number,
  ): number =>
    marginalCost(
      { handoffs: few, costs: played.few.map(figure) },
      { handoffs: many, costs: played.many.map(figure) },
      statistic,
    );
  const ms = (one: PlayedCase): number => one.ms;
  return {
    handoffP50: marginal(p50, ms),
    handoffP95: marginal(p95, ms),
    acknowledgeP95: side === 'raw' ? 0 : p95(played.many.flatMap((one) => one.acknowledgeMs)),
    cpuMs: marginalCost(
      { handoffs: few, costs: played.fewCpuMs },
      { handoffs: many, costs: played.manyCpuMs },
      median,
    ),
    // The filler makes both sides move the same bytes; what raw code would keep of its own is what it has without.
    historyBytes: marginal(mean, (one) => one.historyBytes) - filler.input - filler.output,
    historyEvents: marginal(mean, (one) => one.historyEvents),
    wholeMs: p50(played.many.map(ms)),
    wholeCpuMs: median(played.manyCpuMs),
    wholeBytes:
      mean(played.many.map((one) => one.historyBytes)) - (many + 1) * (filler.input + filler.output),
  };
}

function describe(round: Round | undefined): string {
  return round
    ? `${round.handoffP50.toFixed(1)} ms and ${round.cpuMs.toFixed(1)} ms of processor a handoff`
    : '';
}

/**
 * Cases that are not measured, so that both sides are warm: code compiled, queues polled, caches filled.
 * @returns the bytes that a raw turn has to carry besides its own to move what Baton's moves
 */
export async function warmUp(arena: Omit<Arena, 'filler'>, cases: number): Promise<PayloadBytes> {
  const carried: Record<Side, PayloadBytes> = { baton: NO_FILLER, raw: NO_FILLER };
  for (const side of ['baton', 'raw'] as const) {
    arena.progress(`warming up ${side}`);
    await playCases(arena.client, side, { handoffs: many }, { cases, concurrency: 5 });
    const handle = await startCase(arena.client, side, { handoffs: many });
    await handle.result();
    carried[side] = payloadBytesOf(await handle.fetchHistory());
  }
  return fillerFor(carried.baton, carried.raw);
}

/** Emit to acknowledge where receivers think for longer than anybody would wait for a yes. */
export async function measureSlowAcknowledgements(arena: Arena, cases: number): Promise<Metric> {
  const plan = { handoffs: many, thinkMs: 150 };
  const played = await playCases(arena.client, 'baton', plan, { cases, concurrency: 1, histories: cases });
  const times = played.flatMap((one) => one.acknowledgeMs);
  return metric('ack_ms_p95_slow_agent', 1, { baton: p95(times), raw: null, unit: 'ms' });
}
