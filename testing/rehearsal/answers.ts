import type { CallAnswer, Crossing, Notice } from '../../contract/activities.ts';
import { askStatusOf, wantedOf, type AskStatus } from '../../contract/fan-out.ts';
import { failure, type Failure, type FailureCode } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import type { TeamManifest } from '../../contract/team.ts';
import type { AgentTurn } from '../../contract/turn.ts';
import type { RehearsedQuestion } from './rehearsal.ts';

/** By which code a question of this status is told to its asker. */
const CODES: Readonly<Record<Exclude<AskStatus, 'answered'>, FailureCode>> = {
  failed: 'AGENT_FAILED',
  expired: 'ASK_EXPIRED',
  refused: 'EDGE_MISSING',
  'out-of-budget': 'BUDGET_SPENT',
  withdrawn: 'ASK_WITHDRAWN',
};

/** The failure of a question of this status. */
export function failureOfStatus(
  { to }: RehearsedQuestion,
  status: Exclude<AskStatus, 'answered'>,
): { readonly kind: 'refused' | 'failed'; readonly failure: Failure } {
  return { kind: status === 'refused' ? 'refused' : 'failed', failure: failure(CODES[status], to) };
}

/** What the asker hears of a question. */
export function answerTo(question: RehearsedQuestion, answer: CallAnswer['answer']): CallAnswer {
  const { id, to, fanOut } = question;
  const status = answer.kind === 'done' ? 'answered' : askStatusOf(answer.kind, answer.failure.code);
  return { id, tool: `ask_${to}`, answer, ...(fanOut === undefined ? {} : { asked: { fanOut, status } }) };
}

/** Who asks, and who waits for it: nobody of them may be asked again. */
export interface AskingLine {
  readonly agent: string;
  /** Askers that wait, the first one first; empty where the agent has the case. */
  readonly askers: readonly string[];
}

/** The questions of a turn, those too that cannot be put. */
export function questionsOf(
  { intent }: AgentTurn,
  crossings: readonly (Crossing | null | undefined)[],
  line: AskingLine,
  manifest: TeamManifest,
  fanOut: string,
): readonly RehearsedQuestion[] {
  const { agent: by } = line;
  if (intent.kind === 'ask') return [questionOf(intent, crossings[0], by, refuse(line, intent.to, manifest))];
  if (intent.kind !== 'fan-out') return [];
  const questions = intent.asks.map((one, index): RehearsedQuestion => ({
    ...questionOf(one, crossings[index], by, refuse(line, one.to, manifest)),
    fanOut,
  }));
  const able = questions.filter((one) => !one.refusal).length;
  if (able >= neededBy(by, intent, manifest)) return questions;
  // Too few can be asked at all: nobody is.
  return questions.map((one) => ({
    ...one,
    refusal: one.refusal ?? failure('ASK_WITHDRAWN', `${one.to} was not asked`),
  }));
}

function questionOf(
  {
    id,
    to,
    reasonCode,
    question,
  }: Pick<Extract<AgentTurn['intent'], { kind: 'ask' }>, 'id' | 'to' | 'reasonCode' | 'question'>,
  crossing: Crossing | null | undefined,
  by: string,
  refused: Failure | undefined,
): RehearsedQuestion {
  const refusal = refused ?? crossing?.failure;
  return {
    ...{ id, by, to, reasonCode, question },
    facts: crossing?.facts ?? {},
    dropped: crossing?.dropped ?? [],
    ...(refusal ? { refusal } : {}),
  };
}

/** Whom nobody may ask: as guards say it, hops of the case left out. */
function refuse({ agent, askers }: AskingLine, to: string, manifest: TeamManifest): Failure | undefined {
  const { asks = [], agents } = manifest;
  if (to === agent || askers.includes(to))
    return failure('ASK_CYCLE', [...askers, agent, to].join(' asks '), 'intent.to');
  if (!getOwn(agents, to)) return failure('TARGET_UNKNOWN', JSON.stringify(to), 'intent.to');
  return asks.some((one) => one.from === agent && one.to === to)
    ? undefined
    : failure('EDGE_MISSING', `${agent} asks ${to}`, 'intent.to');
}

function neededBy(
  by: string,
  intent: Extract<AgentTurn['intent'], { kind: 'fan-out' }>,
  { fanOuts = {} }: TeamManifest,
): number {
  return wantedOf(intent.asks.length, getOwn(fanOuts, by)?.need, intent.need);
}

/** Answers of one turn as its agent gets them, and what it is told beside. */
export interface CollectedAnswers {
  readonly answers: readonly CallAnswer[];
  readonly notices: readonly Notice[];
  /** Whether enough are answered. Where not, none counts. */
  readonly met: boolean;
}

/**
 * The answers to the questions of a turn, in the order asked. Those that could not be put are answered already.
 * @throws RangeError for a question without an answer, and an answer without a question
 */
export function collectAnswers(
  questions: readonly RehearsedQuestion[],
  given: readonly CallAnswer[],
  { intent }: AgentTurn,
  manifest: TeamManifest,
): CollectedAnswers {
  const stray = given.find(({ id }) => !questions.some((one) => one.id === id && !one.refusal));
  if (stray) throw new RangeError(`nothing was asked that ${JSON.stringify(stray.id)} answers`);
  const answers = questions.map((question): CallAnswer => {
    const { id, to, refusal } = question;
    if (refusal)
      return answerTo(question, {
        kind: refusal.code === 'ASK_WITHDRAWN' ? 'failed' : 'refused',
        failure: refusal,
      });
    const own = given.find((one) => one.id === id);
    if (!own) throw new RangeError(`${to} has no answer to ${JSON.stringify(id)}`);
    return own;
  });
  const [{ by, fanOut } = { by: '', fanOut: undefined }] = questions;
  if (intent.kind !== 'fan-out' || fanOut === undefined) return { answers, notices: [], met: true };
  const needed = neededBy(by, intent, manifest);
  const answered = answers.filter((one) => one.answer.kind === 'done').length;
  const met = answered >= needed && needed > 0;
  const counts = `${fanOut}: ${String(answered)} answered, ${String(needed)} of ${String(answers.length)} needed`;
  const unmet = failure('FAN_OUT_UNMET', counts);
  return { answers, met, notices: met ? [] : [{ kind: 'fan-out-unmet', fanOut, failure: unmet }] };
}
