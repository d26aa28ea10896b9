import type { CaseView, HandoffRecord } from '../../../contract/case.ts';
import type { JsonValue } from '../../../contract/json.ts';
import { getOwn, isJsonObject } from '../../../contract/json.ts';
import { heldAs } from '../../services/adapters.ts';
import type { Routes } from '../../services/routes.ts';
import { agentName } from '../../services/schema.ts';
import { slotValueOf } from '../../services/slot-value.ts';
import type { Vocabulary } from '../../services/vocabulary.ts';
import { plainVocabulary } from '../../services/vocabulary.ts';
import type { Carried, Handoff } from './dialogue.ts';
import type { ServiceObservations } from './observations.ts';
import type { Travelled } from './routes.ts';
import { isCompiled } from './routes.ts';
import type { DialogueReport } from './report.ts';
import type { IsSame } from './same-value.ts';
import { isNeverMended } from './script.ts';
import { bookingsOf, refusalsOf } from './world.ts';

/** What a dialogue is judged by. */
export interface Played {
  readonly travelled: Travelled;
  readonly routes: Routes;
  readonly vocabulary: Vocabulary;
  readonly isSame: IsSame;
  readonly caseId: string;
  readonly view: CaseView | undefined;
  /** What went wrong around the case. */
  readonly problem: string | undefined;
  /** Collection `bookings` of the case's store when the case had ended. */
  readonly bookings: Readonly<Record<string, JsonValue>>;
  readonly observations: ServiceObservations;
  /** Whether faults may have ended the case before its time. */
  readonly disturbed: boolean;
  readonly milliseconds: number;
}

/** A handoff of the data set with the one of the case that it became. */
interface Made {
  readonly handoff: Handoff;
  readonly turn: number;
  readonly from: string;
  readonly record: HandoffRecord | undefined;
}

/** Judges one dialogue. */
export function judge(played: Played): DialogueReport {
  const { travelled, view, observations, caseId } = played;
  const { dialogue } = travelled;
  const cancelled = view?.outcome?.kind === 'cancelled';
  const made = handoffsMade(played);
  // What never came about because a fault ended the case was neither lost nor misrouted.
  const counted = cancelled && played.disturbed ? made.filter((one) => one.record !== undefined) : made;
  const slots = counted.flatMap((one) =>
    one.handoff.carried.map((carried) => judgeSlot(played, one, carried)),
  );
  const count = (kind: SlotFate['kind']): number => slots.filter((slot) => slot.kind === kind).length;
  const effects = view?.effects ?? [];
  const report: Omit<DialogueReport, 'problems'> = {
    dialogue: dialogue.id,
    handoffs: counted.length,
    routed: counted.filter(({ record, turn }) => {
      return record !== undefined && observations.arrival(caseId, record.id)?.turn === turn;
    }).length,
    carried: slots.length,
    lost: count('lost'),
    wrong: count('wrong'),
    adapted: slots.filter((slot) => slot.kind === 'arrived' && slot.adapted).length,
    refused: count('refused'),
    silent: slots.filter((slot) => slot.kind === 'lost' && !slot.recorded).length,
    compensated: effects.filter((effect) => effect.status === 'undone').length,
    path: view?.path ?? [],
    outcome: view?.outcome?.kind ?? view?.stage ?? 'unknown',
    milliseconds: played.milliseconds,
  };
  const unlucky = slots.flatMap((slot) => (slot.kind === 'lost' || slot.kind === 'wrong' ? [slot.text] : []));
  return { ...report, problems: [...problemsOf(played, report, cancelled), ...unlucky] };
}

/** The data set's handoffs beside the case's, in order; a crossing that was rolled back and made again counts once. */
function handoffsMade(played: Played): readonly Made[] {
  const records = (played.view?.handoffs ?? []).filter(
    (one) => one.verb === 'transfer' && one.acceptedAt !== undefined,
  );
  let at = 0;
  return played.travelled.legs.flatMap((leg) =>
    leg.crossings.flatMap(({ to, handoff }, index): Made[] => {
      const from = leg.crossings[index - 1]?.to ?? leg.owner;
      const found = records.findIndex(
        (one, place) => place >= at && one.from === agentName(from) && one.to === agentName(to),
      );
      if (found >= 0) at = found + 1;
      if (!handoff) return [];
      return [{ handoff, turn: leg.turn, from, record: found < 0 ? undefined : records[found] }];
    }),
  );
}

type SlotFate =
  | { readonly kind: 'arrived'; readonly adapted: boolean }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wrong'; readonly text: string }
  /** Recorded where Baton's own record of a handoff says that it was left behind. */
  | { readonly kind: 'lost'; readonly recorded: boolean; readonly text: string };

function judgeSlot(played: Played, made: Made, carried: Carried): SlotFate {
  const { vocabulary, routes, caseId, view } = played;
  const { from, handoff, record } = made;
  const { to } = handoff;
  const source = { service: carried.fromService, slot: carried.fromSlot };
  const own = isCompiled(routes.mappings, { from, to, slot: carried.slot, source });
  const nameIn = (words: Vocabulary): string | undefined =>
    own ? words.given(to, carried.slot) : words.passed(source.service, source.slot);
  const name = nameIn(vocabulary);
  const saw = record && played.observations.arrival(caseId, record.id)?.saw;
  const arrived = saw && name !== undefined ? slotValueOf(getOwn(saw, name)) : undefined;
  const what = `${from} -> ${to} ${carried.slot} from ${source.service} ${source.slot}`;
  if (arrived) {
    if (played.isSame(arrived, carried.value))
      return { kind: 'arrived', adapted: name !== nameIn(plainVocabulary()) };
    const text = `${what}: got ${JSON.stringify(arrived)}, expected ${JSON.stringify(carried.value)}`;
    return { kind: 'wrong', text };
  }
  const held = [from, source.service].map((holder) => heldAs(vocabulary, holder, source));
  const names = new Set(held.filter((one) => one !== undefined));
  const records = view?.handoffs ?? [];
  const wasRefused = records.some(
    ({ failure }) =>
      failure?.code === 'FACT_UNMAPPABLE' && names.has((failure.field ?? '').replace(/^facts\./, '')),
  );
  if (wasRefused) return { kind: 'refused' };
  const recorded = records.some((one) => one.dropped.some((path) => names.has(path)));
  return { kind: 'lost', recorded, text: `${what}: did not arrive` };
}

function problemsOf(
  played: Played,
  report: Omit<DialogueReport, 'problems'>,
  cancelled: boolean,
): readonly string[] {
  const { view, travelled, disturbed } = played;
  const givesUp = isNeverMended(travelled.dialogue);
  const problems = played.problem === undefined ? [] : [played.problem];
  if (view?.stage !== 'closed') problems.push(`the case is ${view?.stage ?? 'not known'}`);
  if (report.routed !== report.handoffs)
    problems.push(`${String(report.handoffs - report.routed)} handoffs went elsewhere, or at another turn`);
  if (givesUp !== cancelled && !(cancelled && disturbed)) problems.push(`the case ${report.outcome}`);
  if (cancelled && view?.saga !== 'compensated') problems.push(`the saga is ${String(view?.saga)}`);
  problems.push(...wrongBookings(played, cancelled));
  if (cancelled && disturbed) return problems;
  const seen = played.observations.refused(played.caseId);
  for (const request of refusalsOf(travelled.dialogue)) {
    if (!seen.has(request)) problems.push(`${request}: the service did not refuse`);
  }
  return problems;
}

/** What was booked must be what the data set books, to the slot; nothing once the user gave up. */
function wrongBookings(played: Played, cancelled: boolean): readonly string[] {
  const { bookings, isSame } = played;
  const expected = cancelled ? {} : bookingsOf(played.travelled.dialogue);
  const problems = Object.keys(bookings)
    .filter((request) => !Object.hasOwn(expected, request))
    .map((request) => `${request}: was committed, and should not be`);
  for (const [request, wanted] of Object.entries(expected)) {
    const booking = getOwn(bookings, request);
    if (!isJsonObject(booking)) {
      problems.push(`${request}: was not committed`);
      continue;
    }
    const slots = isJsonObject(booking['slots']) ? booking['slots'] : {};
    for (const slot of new Set([...Object.keys(slots), ...Object.keys(wanted.slots)])) {
      const [got, want] = [getOwn(slots, slot), wanted.slots[slot]];
      const same = typeof got === 'string' && want !== undefined && isSame({ value: got, said: [] }, want);
      if (!same)
        problems.push(`${request}: booked ${slot} ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
    }
  }
  return problems;
}
