import type { CallAnswer, Crossing } from '../../contract/activities.ts';
import { askStatusOf, wantedOf } from '../../contract/fan-out.ts';
import { failure, type Failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { ASKS_PER_TURN } from '../../contract/limits.ts';
import type { Intent } from '../../contract/turn.ts';
import { actorOf } from '../asks.ts';
import { fanOutOf, haltingOf, inBranch, isWriting } from '../branches.ts';
import type { Draft } from '../draft.ts';
import { writeRow } from '../draft.ts';
import type { Branch, FanOut } from '../fan-out-state.ts';
import type { AskFrame } from '../state.ts';
import { manifestOf } from '../state.ts';
import { frameOf, openedRow } from './asks.ts';
import { endFanOut, haltFanOut, stopAtRest } from './fan-out-end.ts';
import { armAsk, judgeAsk, type Question } from './judge-ask.ts';
import { isWorthBeginning, sharesOf } from './shares.ts';
import { allowanceOf } from './spend.ts';

type Asked = Extract<Intent, { kind: 'fan-out' }>;

/** Works on one branch until it waits for something. The decision core's own loop, which this room does not know. */
export type Settle = (draft: Draft) => void;

/**
 * An agent asks several at once (O6). All are judged, and what they may spend is reserved, before any begins: where too
 * few can be asked at all, none is.
 */
export function openFanOut(draft: Draft, asked: Asked, crossings: readonly (Crossing | null)[] = []): void {
  const { state } = draft;
  const by = actorOf(state);
  const manifest = manifestOf(state);
  const declared = getOwn(manifest.fanOuts ?? {}, by);
  const of = asked.asks.length;
  const needed = wantedOf(of, declared?.need, asked.need);
  state.fanOutCount = (state.fanOutCount ?? 0) + 1;
  const id = `f${String(state.fanOutCount)}`;
  const judged = asked.asks.map((question, index) => {
    const { limits, ...rest } = question;
    const one: Question = limits === undefined ? rest : { ...rest, limits };
    return putOrRefuse(draft, by, one, crossings[index] ?? undefined);
  });
  const able = judged.flatMap((one) => (one.frame ? [one.frame] : []));
  const shares = sharesOf(
    allowanceOf(state),
    able.map((frame) => frame.bounds),
  );
  const reserved = new Map(able.map((frame, index) => [frame, shares[index] ?? {}]));
  writeRow(draft, 'fan-out-opened', {
    fanOutId: id,
    from: by,
    asks: judged.map(({ question }) => ({ to: question.to, callId: question.id })),
    needed,
    of,
    rest: declared?.rest ?? asked.rest ?? 'wait',
    depth: (state.asks?.length ?? 0) + 1,
  });
  const enough =
    able.filter((frame) => isWorthBeginning(reserved.get(frame) ?? {})).length >= needed && needed > 0;
  const branches = judged.map(({ question, frame, refusal, crossing }): Branch => {
    const bounds = frame && reserved.get(frame);
    if (!frame || !bounds) return refusedBranch(draft, id, by, question, refusal);
    if (!isWorthBeginning(bounds))
      return refusedBranch(
        draft,
        id,
        by,
        question,
        failure('BUDGET_SPENT', `nothing is left for ${question.to}`),
      );
    if (!enough)
      return endedBranch(question, 'failed', failure('ASK_WITHDRAWN', `${question.to} was not asked`));
    state.askCount = (state.askCount ?? 0) + 1;
    const numbered: AskFrame = { ...frame, id: `a${String(state.askCount)}`, bounds, fanOut: id };
    writeRow(draft, 'ask-opened', {
      ...openedRow(numbered, crossing, (state.asks?.length ?? 0) + 1),
      fanOutId: id,
    });
    draft.steps.push(armAsk(numbered));
    return { ...emptyBranch(question), askId: numbered.id, asks: [numbered] };
  });
  state.repairs = 0;
  state.answers = [];
  state.work = { kind: 'fan-out', id, by, needed, rest: declared?.rest ?? asked.rest ?? 'wait', branches };
  draft.next = { kind: 'follow-fan-out' };
}

interface Judged {
  readonly question: Question;
  readonly frame?: AskFrame;
  readonly refusal?: Failure;
  readonly crossing?: Crossing;
}

function putOrRefuse(draft: Draft, by: string, question: Question, crossing: Crossing | undefined): Judged {
  const verdict = judgeAsk(draft.state, by, question.to);
  const refusal = verdict.ok ? crossing?.failure : verdict.failure;
  if (!verdict.ok || refusal) return { question, ...(refusal ? { refusal } : {}) };
  return {
    question,
    frame: frameOf(draft, verdict.ask, question, crossing),
    ...(crossing ? { crossing } : {}),
  };
}

function emptyBranch({ id, to }: Question): Branch {
  return {
    callId: id,
    to,
    asks: [],
    work: { kind: 'idle' },
    begun: false,
    turn: 0,
    answers: [],
    notices: [],
    repairs: 0,
    troubles: [],
  };
}

function endedBranch(question: Question, kind: 'refused' | 'failed', problem: Failure): Branch {
  const answer: CallAnswer['answer'] = { kind, failure: problem };
  return { ...emptyBranch(question), end: { status: askStatusOf(kind, problem.code), answer } };
}

function refusedBranch(
  draft: Draft,
  fanOutId: string,
  by: string,
  question: Question,
  refusal = failure('EDGE_MISSING', `${by} asks ${question.to}`, 'intent.asks'),
): Branch {
  const { to, reasonCode } = question;
  writeRow(draft, 'ask-refused', { from: by, to, reasonCode, failure: refusal, fanOutId });
  return endedBranch(question, 'refused', refusal);
}

/**
 * What follows from what has changed in a fan-out: more of it begins, it is decided, what does not count is taken back,
 * or whoever asked goes on with the answers. Each call does one thing, and asks for the next.
 */
export function followFanOut(draft: Draft, settle: Settle): void {
  const fan = fanOutOf(draft.state);
  if (!fan) return;
  if (fan.decided) {
    endFanOut(draft, fan, fan.decided, settle);
    return;
  }
  if (haltingOf(draft, fan)) {
    if (!haltFanOut(draft, fan, settle)) stopAtRest(draft);
    return;
  }
  const verdict = verdictOf(fan);
  if (verdict !== undefined) {
    writeRow(draft, 'fan-out-decided', {
      fanOutId: fan.id,
      met: verdict,
      needed: fan.needed,
      of: fan.branches.length,
      answered: fan.branches.flatMap((one) => (one.end?.status === 'answered' ? (one.askId ?? []) : [])),
    });
    draft.state.work = { ...fan, decided: { met: verdict } };
    draft.next = { kind: 'follow-fan-out' };
    return;
  }
  goOn(draft, settle);
}

/** Whether enough are answered, or can no longer be; undefined while that is open. */
function verdictOf({ branches, needed, rest }: FanOut): boolean | undefined {
  const ended = branches.filter((one) => one.end);
  const answered = ended.filter((one) => one.end?.status === 'answered').length;
  const open = branches.length - ended.length;
  if (answered + open < needed) return false;
  if (open === 0 || (rest === 'stop' && answered >= needed)) return answered >= needed;
  return undefined;
}

/** Begins what waits for its turn, and lets the next one write. */
function goOn(draft: Draft, settle: Settle): void {
  const { state } = draft;
  const atOnce = manifestOf(state).limits.asksAtOnce ?? ASKS_PER_TURN;
  const ids = fanOutOf(state)?.branches.flatMap((one) => one.askId ?? []) ?? [];
  let ended = false;
  for (const askId of ids) {
    const branches = fanOutOf(state)?.branches ?? [];
    const branch = branches.find((one) => one.askId === askId);
    if (!branch || branch.end) continue;
    const running = branches.filter((one) => one.begun && !one.end).length;
    if (!branch.begun && running < atOnce) ended = step(draft, branch, 'take-turn', settle) || ended;
    else if (branch.work.kind === 'calls' && !isWriting(branch.work))
      ended = step(draft, branch, 'advance-calls', settle) || ended;
    else if (branch.work.kind === 'fan-out') ended = step(draft, branch, 'follow-fan-out', settle) || ended;
  }
  if (ended) draft.next = { kind: 'follow-fan-out' };
}

/** @returns whether the branch has come to its end by it */
function step(
  draft: Draft,
  branch: Branch,
  kind: 'take-turn' | 'advance-calls' | 'follow-fan-out',
  settle: Settle,
): boolean {
  inBranch(draft, branch, () => {
    draft.next = { kind };
    settle(draft);
  });
  return fanOutOf(draft.state)?.branches.some((one) => one.askId === branch.askId && one.end) ?? false;
}
