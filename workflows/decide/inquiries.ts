import type { TurnOutput } from '../../contract/activities.ts';
import { jsonOf, throughJson } from '../../contract/canonical-json.ts';
import type { Decision } from '../../contract/decision.ts';
import { digestOf } from '../../contract/digest.ts';
import { failure, type Failure } from '../../contract/failures.ts';
import { getOwn, isJsonObject } from '../../contract/json.ts';
import { QUESTIONS_TO_AGENT } from '../../contract/limits.ts';
import type { AgentAnswer, Review } from '../../contract/review.ts';
import type { AgentTurn } from '../../contract/turn.ts';
import { actingAgent, actorMemory, actorOf } from '../asks.ts';
import { reviewsOf, seenWhereReviewed } from '../branches.ts';
import type { Draft } from '../draft.ts';
import { changeReview, countTurn, forget, nowText, writeRow } from '../draft.ts';
import type { Trouble } from '../events.ts';
import { refuseCall } from '../guards.ts';
import { provenInRow, type Proof } from '../prove.ts';
import type { CaseState, Inquiry } from '../state.ts';
import { reportFailure } from './agent-failures.ts';
import { agentOf, composeEnvelope, composeInquiry, planTurn } from './compose.ts';
import { learn } from './learn.ts';
import { reviseCall, reviseQuestion, type Revision } from './revise-review.ts';
import { skillInRow, skillOf, skillOfTurn } from './skills.ts';
import { countLost, countSpend, usageOf } from './spend.ts';
import { stopInquiry } from './stopped.ts';

/**
 * Why the agent behind a review cannot be asked, or undefined. It is the one at work, for a case with an open review
 * does not change hands; one at a time, and so often at most (I7).
 */
export function refuseInquiry(state: CaseState, review: Review, asked: Decision): Failure | undefined {
  if (isRepeated(review, asked)) return undefined;
  const { id, requestedBy, questions = [] } = review;
  const seen = seenWhereReviewed(state, id);
  const agent = getOwn(state.manifest?.agents ?? {}, requestedBy);
  const refused = (detail: string): Failure => failure('QUESTION_FORBIDDEN', detail, 'decision');
  if (!agent || actorOf(seen) !== requestedBy || !concerns(seen, id))
    return refused(`${requestedBy} is not at work on what ${id} is about`);
  if (agent.remote) return refused(`${requestedBy} works elsewhere, and waits for nobody there`);
  if (state.inquiry) return refused(`${requestedBy} is asked about ${state.inquiry.reviewId} already`);
  const so = questions.filter((one) => one.to !== undefined).length;
  return so >= QUESTIONS_TO_AGENT ? refused(`${requestedBy} was asked ${String(so)} times`) : undefined;
}

/** The same question of the same person, unless it has come to nothing. */
function isRepeated({ questions = [] }: Review, { by, reason }: Decision): boolean {
  return questions.some(
    (one) =>
      one.to !== undefined && one.by === by && one.text === reason && one.answer?.failure === undefined,
  );
}

/** Whether the work at hand waits for a review; those of branches are theirs. */
function concerns({ work }: CaseState, reviewId: string): boolean {
  return work.kind !== 'fan-out' && reviewsOf(work).includes(reviewId);
}

/**
 * A person asks the agent that wants the review something before they decide. It answers with a turn beside what the
 * case is doing, which is to wait for people: nobody owns more or less by it (I1). The review's clock runs on.
 */
export function askAgent(draft: Draft, review: Review, asked: Decision, proof: Proof): void {
  const { state } = draft;
  const { id: reviewId, expiresAt } = review;
  const { by, reason } = asked;
  if (isRepeated(review, asked)) {
    draft.receipt = { accepted: true, repeated: true, detail: `${by} asked so before` };
    return;
  }
  const agent = agentOf(state, review.requestedBy);
  countTurn(draft);
  const turnId = `t${String(state.turns)}`;
  state.inquiry = { reviewId, agent: agent.name, turnId };
  const question = {
    ...{ by, text: reason, at: nowText(draft), to: agent.name, turnId },
    ...(proof.kind === 'proven' ? { signature: proof.signed.signature } : {}),
  };
  changeReview(draft, reviewId, { questions: [...(review.questions ?? []), question].slice(-50) });
  writeRow(draft, 'review-information-asked', {
    ...{ reviewId, by, questionDigest: digestOf(reason), expiresAt, agent: agent.name, turnId },
    ...provenInRow(proof),
  });
  draft.steps.push({
    kind: 'turn',
    turnId,
    plan: planTurn(agent, `${by} asks ${agent.name} about review ${reviewId}`),
    input: inputOf(state, review, {
      askId: `${reviewId} ${turnId}`,
      by,
      reasonCode: 'review',
      question: reason,
    }),
  });
  draft.receipt = {
    accepted: true,
    repeated: false,
    detail: `${agent.name} is asked; ${reviewId} stays open until ${expiresAt}`,
  };
}

function inputOf(
  state: CaseState,
  { id, kind, question, subject }: Review,
  asked: Parameters<typeof composeInquiry>[2],
): ReturnType<typeof composeInquiry> {
  const memory = actorMemory(state);
  const envelope = composeEnvelope(state, {
    agent: actorOf(state),
    step: state.steps,
    name: `question ${asked.askId}`,
    memory,
    transfer: memory.transfer,
  });
  const calls = state.work.kind === 'calls' ? state.work.calls : [];
  const answers = calls.flatMap((call) => call.answer ?? []);
  return composeInquiry(state, envelope, { ...asked, review: { id, kind, question, subject } }, answers);
}

/** The agent has answered: it explains, or asks for something else, to which nobody has said yes yet (I8). */
export function takeAnswer(draft: Draft, inquiry: Inquiry, output: TurnOutput): void {
  const skill = skillOfInquiry(draft.state, inquiry, output);
  countSpend(draft, usageOf(output), skill);
  switch (output.kind) {
    case 'turned':
      learn(draft, output.turn, { ...output, skill });
      settle(draft, inquiry, output.turn);
      return;
    case 'invalid': {
      const { turns } = draft.state;
      const { agent } = inquiry;
      const told = agentOf(draft.state, agent).metering ? output.usage : undefined;
      writeRow(draft, 'turn-refused', {
        ...{ turn: turns, agent, failure: output.failure },
        ...(told ? { ...skillInRow(skill), usage: jsonOf(told) } : {}),
      });
      conclude(draft, inquiry, { text: '', failure: output.failure });
      return;
    }
    case 'declined':
      conclude(draft, inquiry, { text: '', failure: output.failure });
      return;
    case 'waiting':
      conclude(draft, inquiry, { text: '', failure: unusable(inquiry, 'works elsewhere') });
      return;
    case 'lacking':
      conclude(draft, inquiry, { text: '', failure: unusable(inquiry, 'asks the user') });
      return;
  }
}

/** The turn came to nothing. What the review is about stands as it did. */
export function noAnswer(draft: Draft, inquiry: Inquiry, { failure: problem, lost }: Trouble): void {
  const { agent, turnId } = inquiry;
  const skill = skillOfInquiry(draft.state, inquiry);
  countLost(draft, lost, skill);
  writeRow(draft, 'turn-failed', {
    ...{ turn: draft.state.turns, agent, failure: problem },
    ...(lost ? { ...skillInRow(skill), lost: jsonOf(lost) } : {}),
  });
  reportFailure(draft, agent, problem, { turnId });
  conclude(draft, inquiry, { text: '', failure: problem });
}

/** What it is asked about is what it works at: the call that waits, where the review is about one. */
function skillOfInquiry(state: CaseState, inquiry: Inquiry, output?: TurnOutput): string | undefined {
  const agent = agentOf(state, inquiry.agent);
  const review = state.reviews.find((one) => one.id === inquiry.reviewId);
  const tool = review && toolOf(review);
  return skillOfTurn(agent, skillOf(agent, tool === undefined ? [] : [tool]), output);
}

function settle(draft: Draft, inquiry: Inquiry, { intent, say, provenance }: AgentTurn): void {
  const review = draft.state.reviews.find((one) => one.id === inquiry.reviewId);
  if (!review) return;
  const words = say ?? provenance.reason ?? '';
  switch (intent.kind) {
    case 'reply':
      conclude(draft, inquiry, { text: intent.text });
      return;
    case 'finish':
      conclude(draft, inquiry, { text: intent.text ?? intent.outcome });
      return;
    case 'call': {
      const [call] = intent.calls;
      const isOther = intent.calls.length > 1 || call?.tool !== toolOf(review);
      if (!call || isOther) break;
      const problem = refuseCall(actingAgent(draft.state), call, draft.state);
      if (problem) conclude(draft, inquiry, { text: words, failure: problem });
      else if (argumentsDigest(review) === digestOf(call.arguments))
        conclude(draft, inquiry, { text: words });
      else propose(draft, inquiry, words, reviseCall(draft, review, throughJson(call.arguments)));
      return;
    }
    case 'ask-review': {
      const isHeldTurn = draft.state.policed?.held?.reviewId === review.id;
      if (review.kind !== 'question' || isHeldTurn || (intent.pool ?? review.pool) !== review.pool) break;
      const { question, subject } = intent;
      const asked = { question, subject: throughJson(subject) };
      if (digestOf(asked) === digestOf({ question: review.question, subject: review.subject }))
        conclude(draft, inquiry, { text: words });
      else propose(draft, inquiry, words, reviseQuestion(draft, review, asked));
      return;
    }
    case 'transfer':
      // The same again is what it stands by; its facts have crossed with the first.
      if (review.kind !== 'handoff' || !isTo(review, intent.to)) break;
      conclude(draft, inquiry, { text: intent.explanation });
      return;
    case 'ask':
    case 'fan-out':
    case 'return':
    case 'escalate':
      break;
  }
  conclude(draft, inquiry, { text: words, failure: unusable(inquiry, intent.kind) });
}

function unusable({ reviewId }: Inquiry, what: string): Failure {
  return failure(
    'AGENT_OUTPUT_INVALID',
    `${what}, where ${reviewId} can be explained, or asked for with other arguments`,
    'intent',
  );
}

function toolOf({ kind, subject }: Review): string | undefined {
  const tool = kind === 'tool-call' && isJsonObject(subject) ? subject['tool'] : undefined;
  return typeof tool === 'string' ? tool : undefined;
}

function argumentsDigest({ subject }: Review): string {
  return digestOf((isJsonObject(subject) ? subject['arguments'] : undefined) ?? null);
}

function isTo({ subject }: Review, to: string): boolean {
  return isJsonObject(subject) && subject['to'] === to;
}

function propose(draft: Draft, inquiry: Inquiry, text: string, { change }: Revision): void {
  const { agent, turnId } = inquiry;
  writeRow(draft, 'review-revised', { ...change, agent, turnId });
  conclude(draft, inquiry, { text, digest: change.digest });
}

function conclude(draft: Draft, inquiry: Inquiry, said: Omit<AgentAnswer, 'at'>): void {
  const { reviewId, agent, turnId } = inquiry;
  const review = draft.state.reviews.find((one) => one.id === reviewId);
  const answer: AgentAnswer = { at: nowText(draft), ...said };
  const questions = (review?.questions ?? []).map((one) =>
    one.turnId === turnId ? { ...one, answer } : one,
  );
  changeReview(draft, reviewId, { questions });
  const { text, digest, failure: problem } = said;
  writeRow(draft, 'review-information-given', {
    ...{ reviewId, agent, turnId, answerDigest: digestOf(text) },
    ...(digest === undefined ? {} : { digest }),
    ...(problem ? { failure: problem } : {}),
  });
  forget(draft, 'inquiry');
}

/** Nobody waits for an answer on a review that has come to its end. Asked after every event. */
export function followInquiry(draft: Draft): void {
  const { inquiry, reviews } = draft.state;
  if (!inquiry || reviews.find((one) => one.id === inquiry.reviewId)?.status === 'open') return;
  stopInquiry(draft, inquiry, skillOfInquiry(draft.state, inquiry));
  forget(draft, 'inquiry');
}
