import type { CallAnswer, TurnOutput } from '../../contract/activities.ts';
import { crossFacts } from '../../contract/adapters.ts';
import { failure, type Failure } from '../../contract/failures.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import type { TeamManifest } from '../../contract/team.ts';
import type { Intent } from '../../contract/turn.ts';
import {
  cutMemory,
  isEmptyMemory,
  outlineOf,
  workingMemoryOf,
  type MemoryCrossing,
} from '../../contract/working-memory.ts';
import { actorMemory, actorOf, topAsk, withActorMemory } from '../asks.ts';
import type { Draft } from '../draft.ts';
import { writeRow } from '../draft.ts';
import type { Step } from '../events.ts';
import type { AskFrame, CaseState } from '../state.ts';
import { manifestOf } from '../state.ts';
import { carriedBy, withCrossed } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { stopTurn } from './stopped.ts';

type Asked = Extract<Intent, { kind: 'ask' }>;
type AskManifest = NonNullable<TeamManifest['asks']>[number];

/** How long an answer may take where the team does not say, in milliseconds. */
const ASK_MS = 600_000;

/**
 * An agent asks another one and goes on with its answer (T5 of delegation): the asked one works on its own pool with
 * what may cross to it, and owns nothing. What guards refuse is an answer, too.
 */
export function openAsk(
  draft: Draft,
  asked: Asked,
  crossing: Extract<TurnOutput, { kind: 'turned' }>['crossing'],
): void {
  const { state } = draft;
  const by = actorOf(state);
  const verdict = judgeAsk(state, by, asked.to);
  const problem = verdict.ok ? crossing?.failure : verdict.failure;
  const { to, reasonCode, question } = asked;
  if (!verdict.ok || problem) {
    const refusal = problem ?? failure('EDGE_MISSING', `${by} asks ${to}`, 'intent.to');
    writeRow(draft, 'ask-refused', { from: by, to, reasonCode, failure: refusal });
    answer(draft, asked.id, to, { kind: 'refused', failure: refusal });
    return;
  }
  state.askCount = (state.askCount ?? 0) + 1;
  const id = `a${String(state.askCount)}`;
  const frame: AskFrame = {
    id,
    by,
    to,
    callId: asked.id,
    reasonCode,
    question,
    memory: withCrossed({ facts: crossing?.facts ?? {}, recordsRead: [] }, crossing?.memory?.crossed),
    bounds: boundsOf(verdict.ask, asked),
    spent: { tokens: 0, microUsd: 0 },
    expiresAt: expiryOf(draft, verdict.ask, asked),
  };
  state.asks = [...(state.asks ?? []), frame];
  writeRow(draft, 'ask-opened', {
    askId: id,
    from: by,
    to,
    reasonCode,
    question,
    depth: state.asks.length,
    declared: crossing?.declared ?? [],
    dropped: crossing?.dropped ?? [],
    ...memoryInRow(crossing?.memory),
    ...(crossing?.masked ? { masked: crossing.masked } : {}),
    bounds: { ...frame.bounds },
    expiresAt: frame.expiresAt,
  });
  draft.steps.push(armAsk(frame));
  state.repairs = 0;
  state.answers = [];
  draft.next = { kind: 'take-turn' };
}

type Verdict =
  { readonly ok: true; readonly ask: AskManifest } | { readonly ok: false; readonly failure: Failure };

/** Who may ask whom. Names come from models: an unknown one is an outcome (G4); so is a circle, or one too deep (G1). */
function judgeAsk(state: CaseState, by: string, to: string): Verdict {
  const manifest = manifestOf(state);
  const { asks = [], agents, limits } = manifest;
  const names = asks.filter((one) => one.from === by).map((one) => one.to);
  const whom = `${by} may ask: ${names.length > 0 ? names.join(', ') : 'nobody'}`;
  const refused = (code: Failure['code'], detail: string): Verdict => {
    return { ok: false, failure: failure(code, detail, 'intent.to') };
  };
  if (to === by) return refused('ASK_CYCLE', `${by} asks itself`);
  if (!getOwn(agents, to)) return refused('TARGET_UNKNOWN', `${JSON.stringify(to)}; ${whom}`);
  const open = state.asks ?? [];
  if (to === state.owner || open.some((frame) => frame.to === to || frame.by === to))
    return refused('ASK_CYCLE', [state.owner, ...open.map((frame) => frame.to), to].join(' asks '));
  const ask = asks.find((one) => one.from === by && one.to === to);
  if (!ask) return refused('EDGE_MISSING', `${by} asks ${to}; ${whom}`);
  if (state.hops + open.length >= limits.hops)
    return refused('HOP_LIMIT', `${String(state.hops)} hops and ${String(open.length)} open questions`);
  return { ok: true, ask };
}

/** The smaller of what the team and the asking agent allow. */
function boundsOf(ask: AskManifest, { limits = {} }: Asked): AskFrame['bounds'] {
  const tokens = [ask.tokens, limits.tokens].flatMap((one) => one ?? []);
  const usd = [ask.costUsd, limits.costUsd].flatMap((one) => one ?? []);
  return {
    ...(tokens.length > 0 ? { tokens: Math.min(...tokens) } : {}),
    ...(usd.length > 0 ? { microUsd: Math.round(Math.min(...usd) * 1_000_000) } : {}),
  };
}

/** No question outlives the one that it serves. */
function expiryOf(draft: Draft, ask: AskManifest, { limits }: Asked): string {
  const at = draft.now + Math.min(ask.ms ?? ASK_MS, limits?.ms ?? Number.POSITIVE_INFINITY);
  const outer = topAsk(draft.state)?.expiresAt;
  return new Date(outer === undefined ? at : Math.min(at, Date.parse(outer))).toISOString();
}

/** Its timer; a continued case arms it again. */
export function armAsk({ id, expiresAt }: AskFrame): Step {
  return { kind: 'arm', id: `ask ${id}`, at: expiresAt, event: { kind: 'ask-expired', askId: id } };
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
  if (memory?.crossed)
    Object.assign(state, withActorMemory(state, withCrossed(actorMemory(state), memory.crossed)));
  writeRow(draft, 'ask-answered', {
    askId: frame.id,
    from: frame.by,
    to: frame.to,
    ...('outcome' in said ? { outcome: said['outcome'] } : {}),
    facts: Object.keys(facts),
    ...memoryInRow(memory),
    spent: { ...frame.spent },
  });
  answer(draft, frame.callId, frame.to, { kind: 'done', result: { ...said, facts } });
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

function memoryInRow(memory: MemoryCrossing | undefined): JsonObject {
  if (!memory) return {};
  return { memory: { crossed: outlineOf(memory.crossed ?? {}), dropped: memory.dropped ?? {} } };
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
  answer(draft, frame.callId, frame.to, { kind: 'failed', failure: problem });
}

/** Time is up. A call under way comes to its answer first: the next turn of the question finds it expired. */
export function expireAsk(draft: Draft, askId: string): void {
  const { state } = draft;
  const frame = state.asks?.find((one) => one.id === askId);
  if (!frame || (state.work.kind !== 'turn' && state.work.kind !== 'waiting')) return;
  stopTurn(draft);
  failAsk(draft, expired(frame), frame);
}

/** Whether the question at hand has expired, and ends here. */
export function endExpiredAsk(draft: Draft): boolean {
  const frame = draft.state.asks?.find((one) => Date.parse(one.expiresAt) <= draft.now);
  if (!frame) return false;
  failAsk(draft, expired(frame), frame);
  return true;
}

function expired({ to, id, expiresAt }: AskFrame): Failure {
  return failure('ASK_EXPIRED', `${to} has not answered ${id} by ${expiresAt}`);
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

/** Whoever asked takes its next turn with the answer, as with that of a tool. */
function answer(draft: Draft, id: string, to: string, what: CallAnswer['answer']): void {
  const { state } = draft;
  state.answers = [{ id, tool: `ask_${to}`, answer: what }];
  state.notices = [];
  state.repairs = 0;
  state.troubles = [];
  draft.next = { kind: 'take-turn' };
}
