import type { CallAnswer, Crossing, TurnOutput } from '../../contract/activities.ts';
import { crossFacts } from '../../contract/adapters.ts';
import { askStatusOf } from '../../contract/fan-out.ts';
import { failure, type Failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import {
  cutMemory,
  isEmptyMemory,
  workingMemoryOf,
  type MemoryCrossing,
  type WorkingMemory,
} from '../../contract/working-memory.ts';
import { actorMemory, actorOf, topAsk, withActorMemory } from '../asks.ts';
import { reviewsOf } from '../branches.ts';
import type { Draft } from '../draft.ts';
import { writeRow } from '../draft.ts';
import type { Branch } from '../fan-out-state.ts';
import type { AskFrame, CaseState } from '../state.ts';
import { manifestOf } from '../state.ts';
import { carriedBy, memoryInRow, withCrossed } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { armAsk, boundsOf, expiryOf, judgeAsk, type Question } from './judge-ask.ts';
import { withdrawReviews } from './reviews.ts';
import { stopTurn } from './stopped.ts';

/**
 * An agent asks another one and goes on with its answer (T5 of delegation): the asked one works on its own pool with
 * what may cross to it, and owns nothing. What guards refuse is an answer, too.
 */
export function openAsk(draft: Draft, asked: Question, crossing: Crossing | undefined): void {
  const { state } = draft;
  const by = actorOf(state);
  const verdict = judgeAsk(state, by, asked.to);
  const problem = verdict.ok ? crossing?.failure : verdict.failure;
  const { to, reasonCode } = asked;
  if (!verdict.ok || problem) {
    const refusal = problem ?? failure('EDGE_MISSING', `${by} asks ${to}`, 'intent.to');
    writeRow(draft, 'ask-refused', { from: by, to, reasonCode, failure: refusal });
    answerTo(draft, asked.id, to, { kind: 'refused', failure: refusal });
    return;
  }
  state.askCount = (state.askCount ?? 0) + 1;
  const frame = { ...frameOf(draft, verdict.ask, asked, crossing), id: `a${String(state.askCount)}` };
  state.asks = [...(state.asks ?? []), frame];
  writeRow(draft, 'ask-opened', openedRow(frame, crossing, state.asks.length));
  draft.steps.push(armAsk(frame));
  state.repairs = 0;
  state.answers = [];
  draft.next = { kind: 'take-turn' };
}

/** A question that may be put, without its number. */
export function frameOf(
  draft: Draft,
  ask: Parameters<typeof boundsOf>[0],
  asked: Question,
  crossing: Crossing | undefined,
): AskFrame {
  return {
    id: '',
    by: actorOf(draft.state),
    to: asked.to,
    callId: asked.id,
    reasonCode: asked.reasonCode,
    question: asked.question,
    memory: withCrossed({ facts: crossing?.facts ?? {}, recordsRead: [] }, crossing?.memory?.crossed),
    bounds: boundsOf(ask, asked),
    spent: { tokens: 0, microUsd: 0 },
    expiresAt: expiryOf(draft, ask, asked),
  };
}

/** What a row says of a question that is put. */
export function openedRow(frame: AskFrame, crossing: Crossing | undefined, depth: number): JsonObject {
  const { id, by, to, reasonCode, question, bounds, expiresAt } = frame;
  return {
    askId: id,
    from: by,
    to,
    reasonCode,
    question,
    depth,
    declared: crossing?.declared ?? [],
    dropped: crossing?.dropped ?? [],
    ...memoryInRow(crossing?.memory),
    ...(crossing?.masked ? { masked: crossing.masked } : {}),
    bounds: { ...bounds },
    expiresAt,
  };
}

/** What an asked agent said on its turn, as far as it is no call of its own. */
export function concludeAsk(draft: Draft, turn: Extract<TurnOutput, { kind: 'turned' }>['turn']): void {
  const { intent } = turn;
  switch (intent.kind) {
    case 'reply':
      answerAsk(draft, { text: intent.text }, turn.facts);
      return;
    case 'finish':
      answerAsk(draft, { text: intent.text ?? '', outcome: intent.outcome }, turn.facts);
      return;
    case 'transfer':
    case 'return':
    case 'escalate': {
      const { reasonCode, explanation } = intent;
      failAsk(draft, failure('ASK_DECLINED', `${actorOf(draft.state)}: ${reasonCode}. ${explanation}`));
      return;
    }
    case 'call':
    case 'ask':
    case 'fan-out':
    case 'ask-review':
      throw new RangeError(`${intent.kind} goes on with a question`);
  }
}

/** The answer goes to whoever asked, cut to what they accept (I6). */
function answerAsk(draft: Draft, said: JsonObject, learnt: JsonObject): void {
  const { state } = draft;
  const frame = topAsk(state);
  if (!frame) return;
  const { accepts } = agentOf(state, frame.by);
  const ask = manifestOf(state).asks?.find((one) => one.from === frame.by && one.to === frame.to);
  // Nothing is detected in a workflow: over a way that redacts, only words come back.
  const { facts } = crossFacts(accepts, [], ask?.redact ? {} : learnt);
  const memory = answerMemory(state, frame, ask?.redact !== undefined);
  close(draft, frame);
  const crossed = memory?.crossed;
  if (crossed && !isWholeBranch(draft))
    Object.assign(state, withActorMemory(state, withCrossed(actorMemory(state), crossed)));
  writeRow(draft, 'ask-answered', {
    askId: frame.id,
    from: frame.by,
    to: frame.to,
    ...('outcome' in said ? { outcome: said['outcome'] } : {}),
    facts: Object.keys(facts),
    ...memoryInRow(memory),
    spent: { ...frame.spent },
  });
  answer(draft, frame, { kind: 'done', result: { ...said, facts } }, crossed);
}

/**
 * Of its working memory, whoever was asked hands back what the asker takes up: records read and results. What it was
 * after was the question, and stays.
 */
function answerMemory(
  state: CaseState,
  { by, memory }: AskFrame,
  redacts: boolean,
): MemoryCrossing | undefined {
  const { recordsRead, partialResults } = carriedBy(state, memory);
  const learnt = workingMemoryOf({ recordsRead, partialResults });
  if (isEmptyMemory(learnt)) return undefined;
  return cutMemory(redacts ? undefined : agentOf(state, by).workingMemory, learnt);
}

/** The question comes to nothing, and with it those it had led to: whoever asked is told why (R6). */
export function failAsk(draft: Draft, problem: Failure, frame = topAsk(draft.state)): void {
  const { state } = draft;
  if (!frame) return;
  for (let top = topAsk(state); top && top.id !== frame.id; top = topAsk(state)) withdrawTop(draft, top);
  close(draft, frame);
  writeRow(draft, 'ask-failed', {
    askId: frame.id,
    from: frame.by,
    to: frame.to,
    failure: problem,
    spent: { ...frame.spent },
  });
  answer(draft, frame, { kind: 'failed', failure: problem });
}

/** Time is up. A call under way comes to its answer first: the next turn of the question finds it expired. */
export function expireAsk(draft: Draft, askId: string): void {
  const { state, within } = draft;
  const frame = state.asks?.find((one) => one.id === askId);
  if (!frame || !(within ? mayExpire(state) : ['turn', 'waiting'].includes(state.work.kind))) return;
  stopTurn(draft);
  failAsk(draft, expired(frame), frame);
}

/** Of several questions none waits for people who do not answer one of them. */
function mayExpire({ work }: CaseState): boolean {
  if (work.kind === 'calls')
    return work.calls.every((call) => call.status !== 'running' && call.status !== 'undoing');
  return ['turn', 'waiting', 'question', 'idle'].includes(work.kind);
}

/** Whether the question at hand has expired, and ends here. What is asked above it is not its to end. */
export function endExpiredAsk(draft: Draft): boolean {
  const { state, within } = draft;
  const own = (state.asks ?? []).slice(within?.above ?? 0);
  const frame = own.find((one) => Date.parse(one.expiresAt) <= draft.now);
  if (!frame) return false;
  failAsk(draft, expired(frame), frame);
  return true;
}

function expired({ to, id, expiresAt }: AskFrame): Failure {
  return failure('ASK_EXPIRED', `${to} has not answered ${id} by ${expiresAt}`);
}

/** One of several questions is not waited for any more, nor what it has led to. */
export function withdrawBranch(draft: Draft, branch: Branch): void {
  if (branch.work.kind === 'fan-out') for (const inner of branch.work.branches) withdrawBranch(draft, inner);
  for (const frame of branch.asks.toReversed()) withdrawTop(draft, frame);
}

/** The case goes another way: to people, or to its end. Nobody waits for answers any more. */
export function dropAsks(draft: Draft): void {
  for (let top = topAsk(draft.state); top; top = topAsk(draft.state)) withdrawTop(draft, top);
}

function withdrawTop(draft: Draft, frame: AskFrame): void {
  close(draft, frame);
  writeRow(draft, 'ask-withdrawn', {
    askId: frame.id,
    from: frame.by,
    to: frame.to,
    spent: { ...frame.spent },
  });
}

function close(draft: Draft, frame: AskFrame): void {
  draft.steps.push({ kind: 'disarm', id: `ask ${frame.id}` });
  draft.state.asks = (draft.state.asks ?? []).filter((one) => one.id !== frame.id);
}

/** Whether what is asked of a branch is at its end: its answer comes with those of the others. */
function isWholeBranch({ state, within }: Draft): boolean {
  return within !== undefined && (state.asks?.length ?? 0) <= within.above;
}

/** Whoever asked takes its next turn with the answer, as with that of a tool. */
function answer(
  draft: Draft,
  { callId, to }: AskFrame,
  what: CallAnswer['answer'],
  crossed?: WorkingMemory,
): void {
  const { state, within } = draft;
  if (within && isWholeBranch(draft)) {
    const open = new Set(reviewsOf(state.work));
    withdrawReviews(draft, 'question', (reviewId) => open.has(reviewId));
    state.work = { kind: 'idle' };
    draft.next = { kind: 'nothing' };
    within.end = {
      status: what.kind === 'done' ? 'answered' : askStatusOf(what.kind, what.failure.code),
      answer: what,
      ...(crossed ? { crossed } : {}),
    };
    return;
  }
  answerTo(draft, callId, to, what);
}

function answerTo(draft: Draft, id: string, to: string, what: CallAnswer['answer']): void {
  const { state } = draft;
  state.answers = [{ id, tool: `ask_${to}`, answer: what }];
  state.notices = [];
  state.repairs = 0;
  state.troubles = [];
  draft.next = { kind: 'take-turn' };
}
