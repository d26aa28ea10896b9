import type { CaseInput } from '../../contract/case.ts';
import type { Approval, TeamManifest } from '../../contract/team.ts';
import type { Draft } from '../draft.ts';

/** Who has asked for what a case does: more than anybody could be asked about. */
const MOST = 200;

/** A case begins: whoever opens it, and whom it is for, ask for what it does. */
export function noteOpeners(draft: Draft, { user, openedBy }: Pick<CaseInput, 'user' | 'openedBy'>): void {
  draft.state.requesters = [...new Set([user?.id, openedBy].flatMap((person) => person ?? []))];
}

/** Only a team that keeps somebody from saying yes needs to know who has asked. */
export function keepRequesters(draft: Draft, manifest: TeamManifest): void {
  if (approvalsOf(manifest).some((approval) => approval.requesters === 'excluded')) return;
  delete draft.state.requesters;
}

/** A person tells the agents of a case what to do. */
export function noteRequester(draft: Draft, by: string): void {
  const { state } = draft;
  if (!state.requesters || state.requesters.includes(by)) return;
  state.requesters = [...state.requesters, by].slice(-MOST);
}

/** Whose yes does not count, as it stands when people are asked: what somebody says later changes nothing of it. */
export function excludedFrom(
  draft: Draft,
  approval: Pick<Approval, 'requesters'>,
): readonly string[] | undefined {
  return approval.requesters === 'excluded' ? (draft.state.requesters ?? []) : undefined;
}

function approvalsOf(manifest: TeamManifest): readonly Approval[] {
  const tools = Object.values(manifest.agents).flatMap((agent) => Object.values(agent.tools));
  return [...tools, ...manifest.edges].flatMap(({ approval }) => approval ?? []);
}
