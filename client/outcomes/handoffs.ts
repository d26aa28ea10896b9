import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';

/** What became of a handoff, told from its rows. */
export interface HandoffAccount {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The last that its rows say, such as `completed` or `rolled-back`. */
  readonly status: string;
  readonly accepted: boolean;
  /** Milliseconds from the last offer to its acceptance; absent where there was no offer, or no yes. */
  readonly acceptedMs?: number;
  /** Whether all that was sent was read, by the digests of both ends; absent where one end did not measure (X6). */
  readonly whole?: boolean;
}

/** How handoffs went along one ordered pair of owners (M5). */
export interface EdgeFigures {
  readonly from: string;
  readonly to: string;
  readonly handoffs: number;
  readonly accepted: number;
  /** Accepted, and taken back because the receiver failed or the case was unwound. */
  readonly rolledBack: number;
  /** Refused by guards or edge, declined, expired, withdrawn or dead-lettered: the case stayed where it was. */
  readonly notTaken: number;
  /** Accepted ones of which both ends measured what crossed. */
  readonly measured: number;
  /** Measured ones of which everything arrived: fewer than measured is a loss of context. */
  readonly whole: number;
  /** Median from offer to acceptance, in milliseconds; absent where nobody was asked. */
  readonly medianMs?: number;
}

/** Reads the accounts of a case's handoffs out of its rows. */
export function handoffsIn(rows: readonly LedgerRow[]): readonly HandoffAccount[] {
  const told = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const id = row.content['handoffId'];
    if (row.kind.startsWith('handoff-') && typeof id === 'string')
      told.set(id, [...(told.get(id) ?? []), row]);
  }
  return [...told].flatMap(([id, own]) => handoffOf(id, own));
}

function handoffOf(id: string, rows: readonly LedgerRow[]): readonly HandoffAccount[] {
  const named = rows.find(({ content }) => typeof content['from'] === 'string');
  const last = rows.at(-1);
  if (!named || !last) return [];
  const offered = rows.findLast((row) => row.kind === 'handoff-offered');
  const accepted = rows.findLast((row) => row.kind === 'handoff-accepted');
  const whole = wholeness(offered?.content, accepted?.content);
  return [
    {
      id,
      from: textIn(named.content, 'from'),
      to: textIn(named.content, 'to'),
      status: last.kind.slice('handoff-'.length),
      accepted: accepted !== undefined,
      ...(offered && accepted ? { acceptedMs: Date.parse(accepted.at) - Date.parse(offered.at) } : {}),
      ...(whole === undefined ? {} : { whole }),
    },
  ];
}

function wholeness(offered: JsonObject | undefined, accepted: JsonObject | undefined): boolean | undefined {
  const context = offered?.['context'];
  const crossed = isJsonObject(context) ? context['crossed'] : undefined;
  const arrived = accepted?.['arrived'];
  return typeof crossed === 'string' && typeof arrived === 'string' ? crossed === arrived : undefined;
}

/** Figures of handoffs by the pair they went between, the most travelled first. */
export function edgeFigures(handoffs: readonly HandoffAccount[]): readonly EdgeFigures[] {
  const pairs = new Map<string, HandoffAccount[]>();
  for (const one of handoffs) {
    const pair = `${one.from} ${one.to}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), one]);
  }
  return [...pairs.values()].map(figuresOf).toSorted((left, right) => right.handoffs - left.handoffs);
}

function figuresOf(own: readonly HandoffAccount[]): EdgeFigures {
  const taken = own.filter((one) => one.accepted);
  const times = taken.flatMap((one) => one.acceptedMs ?? []).toSorted((left, right) => left - right);
  const medianMs = times[Math.floor((times.length - 1) / 2)];
  return {
    from: own[0]?.from ?? '',
    to: own[0]?.to ?? '',
    handoffs: own.length,
    accepted: taken.length,
    rolledBack: taken.filter((one) => one.status === 'rolled-back').length,
    notTaken: own.filter((one) => !one.accepted && one.status !== 'offered' && one.status !== 'held').length,
    measured: taken.filter((one) => one.whole !== undefined).length,
    whole: taken.filter((one) => one.whole === true).length,
    ...(medianMs === undefined ? {} : { medianMs }),
  };
}

function textIn(content: JsonObject, name: string): string {
  const value = content[name];
  return typeof value === 'string' ? value : '';
}
