import { bindingConstraints, refuseAction } from '../contract/constraints.ts';
import { handoffFingerprint } from '../contract/keys.ts';
import type { Failure } from '../contract/failures.ts';
import { failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { getOwn, isJsonObject } from '../contract/json.ts';
import { keptTextOf } from '../contract/kept-text.ts';
import { peopleOwner, poolOfOwner } from '../contract/queues.ts';
import type { AgentManifest, Approval, EdgeManifest, TeamManifest } from '../contract/team.ts';
import { edgeBetween } from '../contract/edges.ts';
import type { Call } from '../contract/turn.ts';
import { handoffOf } from './draft.ts';
import type { Handover } from './events.ts';
import type { CaseState } from './state.ts';
import { manifestOf } from './state.ts';

/** What the guards say of a proposed handoff: where it goes, or why it does not (G1, G4). */
export type Verdict =
  | { readonly kind: 'allowed'; readonly to: string; readonly edge: EdgeManifest | undefined }
  | { readonly kind: 'refused'; readonly failure: Failure };

/**
 * Where a handover may go. Targets come from models: they are looked up as own properties of the manifest, and an
 * unknown one is an outcome. Escalations are never stopped by hops or cycles: people are always within reach (I12).
 */
export function judgeHandover(state: CaseState, handover: Handover, facts: JsonObject): Verdict {
  switch (handover.kind) {
    case 'transfer':
      return judgeTransfer(state, handover.to, handover.reasonCode, facts);
    case 'return':
      return judgeReturn(state);
    case 'escalate':
      return judgeEscalation(state, handover.to);
  }
}

function judgeTransfer(state: CaseState, to: string, reasonCode: string, facts: JsonObject): Verdict {
  const manifest = manifestOf(state);
  if (to === state.owner) return refused('HANDOFF_TO_SELF', to);
  if (getOwn(manifest.pools, to)) return judgeEscalation(state, to);
  if (!getOwn(manifest.agents, to))
    return refused('TARGET_UNKNOWN', `${JSON.stringify(to)}; ${namesFrom(manifest, state.owner)}`);
  const edge = edgeBetween(manifest, state.owner, to);
  if (!edge) return refused('EDGE_MISSING', `${state.owner} -> ${to}; ${namesFrom(manifest, state.owner)}`);
  const spent = spentBound(state);
  if (spent) return spent;
  const sinceWord = state.footprints.filter(
    (one) => one.from === state.owner && one.to === to && one.userMessages === state.userMessages,
  );
  // A digest of all facts is not taken where there is nothing to compare it with.
  const fingerprint = sinceWord.length > 0 ? handoffFingerprint({ to, reasonCode, facts }) : undefined;
  if (sinceWord.some((one) => one.fingerprint === fingerprint))
    return refused('HANDOFF_CYCLE', `${state.owner} -> ${to}; path ${state.path.join(' -> ')}`);
  return { kind: 'allowed', to, edge };
}

function judgeReturn(state: CaseState): Verdict {
  const manifest = manifestOf(state);
  if (state.broughtBy === undefined) return refused('NO_PREVIOUS_OWNER', state.owner);
  const { from } = handoffOf(state, state.broughtBy);
  if (edgeBetween(manifest, from, state.owner)?.noReturn === true)
    return refused('NO_RETURN', `${from} -> ${state.owner}`);
  const pool = poolOfOwner(from);
  if (pool !== undefined) return judgeEscalation(state, pool);
  const spent = spentBound(state);
  if (spent) return spent;
  return { kind: 'allowed', to: from, edge: undefined };
}

/** The receiver's first turn is a turn too: without this, a chain of hops would outlast the bound on turns (I7). */
function spentBound(state: CaseState): Verdict | undefined {
  const { hops, turns } = manifestOf(state).limits;
  if (state.hops >= hops) {
    return refused('HOP_LIMIT', `${String(state.hops)} of ${String(hops)}; path ${state.path.join(' -> ')}`);
  }
  if (state.turnsSinceAnswer >= turns) {
    return refused('TURN_LIMIT', `${String(state.turnsSinceAnswer)} turns; path ${state.path.join(' -> ')}`);
  }
  return undefined;
}

function judgeEscalation(state: CaseState, to: string | undefined): Verdict {
  const manifest = manifestOf(state);
  const upwards = manifest.edges.filter((edge) => edge.from === state.owner && edge.verb === 'escalate');
  const pool = to ?? upwards[0]?.to ?? manifest.escalation;
  if (!getOwn(manifest.pools, pool))
    return refused('TARGET_UNKNOWN', `${JSON.stringify(pool)}; ${namesFrom(manifest, state.owner)}`);
  return { kind: 'allowed', to: peopleOwner(pool), edge: upwards.find((edge) => edge.to === pool) };
}

function namesFrom(manifest: TeamManifest, from: string): string {
  const names = manifest.edges.filter((edge) => edge.from === from).map((edge) => edge.to);
  return `targets from ${from}: ${names.length > 0 ? names.join(', ') : 'none'}`;
}

function refused(code: Failure['code'], detail: string): Verdict {
  return { kind: 'refused', failure: failure(code, detail, 'intent.to') };
}

/** The only tools that agents may call in a case, as its activities are told; nothing where it allows all. */
export function allowedIn(state: CaseState): { readonly allowedActions?: readonly string[] } {
  const { allowedActions } = bindingConstraints(manifestOf(state), state.task);
  return allowedActions ? { allowedActions } : {};
}

/**
 * Why a call may not even be tried: an unknown tool, one that the case does not allow, or an argument beyond the agent's
 * authority (G2, P10).
 */
export function refuseCall(agent: AgentManifest, call: Call, state: CaseState): Failure | undefined {
  if (!getOwn(agent.tools, call.tool)) {
    const names = Object.keys(agent.tools);
    return failure(
      'TOOL_UNKNOWN',
      `${JSON.stringify(call.tool)}; tools of ${agent.name}: ${names.length > 0 ? names.join(', ') : 'none'}`,
      'calls.tool',
    );
  }
  const { allowedActions } = allowedIn(state);
  const forbidden = refuseAction(call.tool, allowedActions);
  if (forbidden) return forbidden;
  for (const [field, most] of Object.entries(getOwn(agent.authority, call.tool) ?? {})) {
    const value = call.arguments[field];
    if (value !== undefined && !(typeof value === 'number' && value <= most)) {
      return failure(
        'AUTHORITY_EXCEEDED',
        `${call.tool}.${field} is ${JSON.stringify(value)}, ${agent.name} may go up to ${String(most)}`,
        field,
      );
    }
  }
  return undefined;
}

/** Whether an approval rule applies to the arguments of a call or the facts of a handoff. */
export function needsApproval(approval: Approval | undefined, values: JsonObject): approval is Approval {
  if (!approval) return false;
  if (!approval.when) return true;
  // What stands in the context store alone cannot be shown to need nobody's yes (I8).
  if (isKeptAt(values, approval.when.field)) return true;
  const value = valueAt(values, approval.when.field);
  switch (approval.when.kind) {
    case 'above':
      // What should be a number and is not cannot be shown to be small enough.
      return value !== undefined && !(typeof value === 'number' && value <= approval.when.value);
    case 'equals':
      return JSON.stringify(value) === JSON.stringify(approval.when.value);
    case 'present':
      return value !== undefined && value !== null;
  }
}

function isKeptAt(values: JsonObject, path: string): boolean {
  const names = path.split('.');
  return names.some(
    (_, index) => keptTextOf(valueAt(values, names.slice(0, index + 1).join('.'))) !== undefined,
  );
}

function valueAt(values: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = values;
  for (const name of path.split('.')) value = isJsonObject(value) ? getOwn(value, name) : undefined;
  return value;
}
