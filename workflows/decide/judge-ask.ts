import { failure, type Failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import type { TeamManifest } from '../../contract/team.ts';
import type { Intent } from '../../contract/turn.ts';
import { topAsk } from '../asks.ts';
import type { Draft } from '../draft.ts';
import type { Step } from '../events.ts';
import type { AskFrame, CaseState } from '../state.ts';
import { manifestOf } from '../state.ts';

/** A question as an agent puts it. */
export type Question = Omit<Extract<Intent, { kind: 'ask' }>, 'kind'>;
type AskManifest = NonNullable<TeamManifest['asks']>[number];

/** How long an answer may take where the team does not say, in milliseconds. */
const ASK_MS = 600_000;

/** Whether a question may be put, and by which right. */
export type Verdict =
  { readonly ok: true; readonly ask: AskManifest } | { readonly ok: false; readonly failure: Failure };

/** Who may ask whom. Names come from models: an unknown one is an outcome (G4); so is a circle, or one too deep (G1). */
export function judgeAsk(state: CaseState, by: string, to: string): Verdict {
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
export function boundsOf(ask: AskManifest, { limits = {} }: Pick<Question, 'limits'>): AskFrame['bounds'] {
  const tokens = [ask.tokens, limits.tokens].flatMap((one) => one ?? []);
  const usd = [ask.costUsd, limits.costUsd].flatMap((one) => one ?? []);
  return {
    ...(tokens.length > 0 ? { tokens: Math.min(...tokens) } : {}),
    ...(usd.length > 0 ? { microUsd: Math.round(Math.min(...usd) * 1_000_000) } : {}),
  };
}

/** No question outlives the one that it serves. */
export function expiryOf(draft: Draft, ask: AskManifest, { limits }: Pick<Question, 'limits'>): string {
  const at = draft.now + Math.min(ask.ms ?? ASK_MS, limits?.ms ?? Number.POSITIVE_INFINITY);
  const outer = topAsk(draft.state)?.expiresAt;
  return new Date(outer === undefined ? at : Math.min(at, Date.parse(outer))).toISOString();
}

/** Its timer; a continued case arms it again. */
export function armAsk({ id, expiresAt }: AskFrame): Step {
  return { kind: 'arm', id: `ask ${id}`, at: expiresAt, event: { kind: 'ask-expired', askId: id } };
}
