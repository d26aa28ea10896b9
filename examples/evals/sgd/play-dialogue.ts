import type { CaseView } from '../../../contract/case.ts';
import { BatonError, failure, isBatonError } from '../../../contract/failures.ts';
import { openRecordStore } from '../../../stores/index.ts';
import { askedFor } from '../../services/scripted-service.ts';
import { messageIdOf, repeatIdOf } from '../../services/script.ts';
import { SERVICE_PERSON, serviceTeamName } from '../../services/team.ts';
import type { CaseFaults } from '../fault-plan.ts';
import { untilAnswered } from '../patience.ts';
import type { CaseStage } from '../run-cases.ts';
import { storeFile } from '../worker-messages.ts';
import type { Leg } from './itinerary.ts';
import type { Played } from './judge.ts';
import { judge } from './judge.ts';
import type { DialogueReport } from './report.ts';
import { isNeverMended } from './script.ts';
import { worldOf } from './world.ts';

/** Pauses between two looks at a case that nobody rings for, in milliseconds. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 1_000;

/** Repetitions of one message (F07). */
const REPEATS = 5;

/** How often a dead letter is tried again before the case is given up. */
const REDRIVES = 3;

/** What playing one dialogue takes. */
export interface DialoguePlay
  extends CaseStage, Omit<Played, 'view' | 'problem' | 'bookings' | 'disturbed' | 'milliseconds'> {
  readonly faults: CaseFaults;
}

/**
 * Plays one dialogue as one case on a store of its own, and judges how it ends. Problems become part of the report.
 */
export async function playDialogue(play: DialoguePlay): Promise<DialogueReport> {
  const started = Date.now();
  const store = await openRecordStore(storeFile(play.folder, play.caseId));
  try {
    await store.load(worldOf(play.travelled.dialogue));
    const { view, problem } = await runCase(play, started + play.limitMs);
    const { bookings = {} } = await store.snapshot();
    const disturbed = play.faults.cancelAt !== undefined;
    return judge({ ...play, view, problem, bookings, disturbed, milliseconds: Date.now() - started });
  } finally {
    await store.close();
    play.observations.forget(play.caseId);
  }
}

async function runCase(
  play: DialoguePlay,
  deadline: number,
): Promise<{ readonly view: CaseView | undefined; readonly problem: string | undefined }> {
  try {
    await openCase(play, deadline);
    return { view: await accompany(play, deadline), problem: undefined };
  } catch (thrown) {
    const view = await play.client.show(play.caseId).catch(() => undefined);
    return { view, problem: inWords(thrown) };
  }
}

async function openCase(play: DialoguePlay, deadline: number): Promise<void> {
  const { client, caseId, travelled, faults } = play;
  const [first] = travelled.legs;
  if (!first) throw new Error('the dialogue has no turns');
  const { id } = travelled.dialogue;
  const input = {
    team: serviceTeamName(first.owner),
    task: { definition: `Serve the user of dialogue ${id}` },
    facts: { dialogue: id },
    message: { id: messageIdOf(first.turn), text: first.user.utt },
    channel: 'chat',
  };
  await send(faults, () => untilAnswered(deadline, () => client.open(input, { caseId })));
}

/** Does whatever the case waits for, until it is closed. */
async function accompany(play: DialoguePlay, deadline: number): Promise<CaseView> {
  const { client, caseId } = play;
  let redrives = 0;
  let pause = FIRST_LOOK_MS;
  while (Date.now() < deadline) {
    const view = await untilAnswered(deadline, () => client.show(caseId));
    if (view.stage === 'closed') return view;
    const request = requestOf(play, view, redrives);
    if (view.stage === 'parked' && request) redrives += 1;
    if (request) await send(play.faults, () => untilAnswered(deadline, request));
    pause = request ? FIRST_LOOK_MS : Math.min(2 * pause, LAST_LOOK_MS);
    const waited = Date.now();
    await play.bell.wait(pause);
    if (Date.now() - waited < pause) pause = FIRST_LOOK_MS;
  }
  await client.cancel(caseId).catch(() => undefined);
  throw new Error(`not finished within ${play.limitMs / 1_000} s`);
}

/** What the user, or the people behind the services, do now. */
function requestOf(
  play: DialoguePlay,
  view: CaseView,
  redrives: number,
): (() => Promise<unknown>) | undefined {
  const { client, caseId } = play;
  if (view.stage === 'waiting-user') return nextWords(play, view);
  if (view.stage === 'human') throw new Error('the case went to a person unasked');
  const letter = view.deadLetters.find((one) => one.status === 'open');
  if (view.stage !== 'parked' || !letter) return undefined;
  if (redrives >= REDRIVES)
    throw new BatonError(failure('UNDO_FAILED', `${letter.id}: ${letter.failure.message}`));
  const reason = 'The disturbance is over.';
  return () => client.redrive(caseId, { deadLetterId: letter.id, by: SERVICE_PERSON, reason });
}

/** The user says again what a service asks for, goes on with the dialogue, or gives up at its end. */
function nextWords(play: DialoguePlay, view: CaseView): (() => Promise<unknown>) | undefined {
  const { client, caseId, travelled } = play;
  const question = view.transcript.findLast((message) => message.from.kind === 'agent');
  const spoken = view.transcript.findLast((message) => message.from.kind === 'user');
  if (!question || (spoken?.sequence ?? 0) > question.sequence) return undefined;
  const said = new Set(view.transcript.map((message) => message.id));
  const at = travelled.legs.findLastIndex((leg) => said.has(messageIdOf(leg.turn)));
  const asked = askedFor(question.text);
  const current = travelled.legs[at];
  if (asked.length > 0 && current) {
    const text = repeatWords(current, asked);
    return () => client.say(caseId, { messageId: repeatIdOf(current.turn), text });
  }
  const next = travelled.legs[at + 1];
  if (next) return () => client.say(caseId, { messageId: messageIdOf(next.turn), text: next.user.utt });
  if (isNeverMended(travelled.dialogue)) return () => client.cancel(caseId);
  throw new Error('the dialogue is over and the case is not');
}

/** What the user says of slots that did not cross: the only way a value may come in but through the handoff. */
function repeatWords(leg: Leg, slots: readonly string[]): string {
  const carried = leg.crossings.flatMap(({ handoff }) => handoff?.carried ?? []);
  return slots
    .map((slot) => `${slot}: ${carried.find((one) => one.slot === slot)?.value ?? 'I do not know'}`)
    .join('\n');
}

/** Sends once, or several times at once (F07): one is enough, the others may find the case closed by it. */
async function send(faults: CaseFaults, request: () => Promise<unknown>): Promise<void> {
  const times = faults.repeat ? REPEATS : 1;
  const results = await Promise.allSettled(Array.from({ length: times }, () => request()));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const strange = failures.find((thrown) => !isOver(thrown));
  if (strange !== undefined) throw strange as Error;
}

/** What a request finds whose like was there before, or whose case has closed meanwhile. */
function isOver(thrown: unknown): boolean {
  return (
    isBatonError(thrown) &&
    (thrown.code === 'CASE_CLOSED' ||
      thrown.code === 'DEAD_LETTER_UNKNOWN' ||
      thrown.code === 'REQUEST_FORBIDDEN')
  );
}

function inWords(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause === undefined ? thrown.message : `${thrown.message} (${inWords(thrown.cause)})`;
}
