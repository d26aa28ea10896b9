import type { JsonValue } from '../../../contract/json.ts';
import { messageIdOf } from '../../services/script.ts';
import type { Booking, WorldAnswer } from '../../services/tools.ts';
import type { Dialogue, Frame } from './dialogue.ts';
import { isFailure } from './script.ts';

/** What the world behind the services answers in a dialogue, by request: what a store is loaded with. */
export function worldOf(
  dialogue: Dialogue,
): Readonly<Record<'answers', Readonly<Record<string, JsonValue>>>> {
  const answers = callsOf(dialogue).map(({ request, frame, call }): [string, WorldAnswer] => {
    const answer: WorldAnswer = isFailure(frame)
      ? { intent: call.method, kind: 'refused', why: `${call.method} was not possible` }
      : { intent: call.method, kind: 'done', result: frame.firstResult ?? {} };
    return [request, answer];
  });
  return { answers: Object.fromEntries(answers) };
}

/** The transactions that must stand at the end, by request. */
export function bookingsOf(dialogue: Dialogue): Readonly<Record<string, Booking>> {
  const made = callsOf(dialogue).filter(({ frame, call }) => call.transactional && !isFailure(frame));
  return Object.fromEntries(
    made.map(({ request, frame, call }) => [
      request,
      { service: frame.service, intent: call.method, slots: call.params },
    ]),
  );
}

/** Requests of transactions that must be refused. */
export function refusalsOf(dialogue: Dialogue): readonly string[] {
  return callsOf(dialogue)
    .filter(({ frame, call }) => call.transactional && isFailure(frame))
    .map(({ request }) => request);
}

interface Called {
  readonly request: string;
  readonly frame: Frame;
  readonly call: NonNullable<Frame['call']>;
}

function callsOf(dialogue: Dialogue): readonly Called[] {
  return dialogue.turns.flatMap((turn, index) => {
    const [frame] = turn.frames;
    if (turn.sp !== 'S' || !frame?.call) return [];
    return [{ request: messageIdOf(index - 1), frame, call: frame.call }];
  });
}
