import type { CaseInput } from '../../contract/case.ts';
import { refuseConstraints } from '../../contract/constraints.ts';
import type { DoorKey } from '../../contract/proof.ts';
import { manifestDigest, type TeamManifest } from '../../contract/team.ts';
import { cutMemory, isEmptyMemory, workingMemoryOf } from '../../contract/working-memory.ts';
import type { Draft } from '../draft.ts';
import { consumeMessageId, writeRow } from '../draft.ts';
import { beginPolicy } from './assess.ts';
import { memoryInRow, withCrossed } from './carry-memory.ts';
import { agentOf } from './compose.ts';
import { consult } from './consult.ts';
import { takeDoorKeys } from './door-keys.ts';
import { wantedEscalation } from './interrupt.ts';
import { messageDigest, optOut, receiveMessage } from './messages.ts';
import { adoptOrphans, parkOrphans } from './orphans.ts';
import { keepRequesters, noteOpeners } from './requesters.ts';

/** The case begins: its first message is kept, and its team is asked for. */
export function openCase(draft: Draft, input: CaseInput): void {
  writeRow(draft, 'case-opened', {
    team: input.team,
    task: input.task.definition,
    ...(input.openedBy === undefined ? {} : { openedBy: input.openedBy }),
  });
  noteOpeners(draft, input);
  const { message } = input;
  if (message) {
    const digest = messageDigest(message);
    consumeMessageId(draft, message.id, digest);
    receiveMessage(draft, message.id, message, digest);
  }
  if (input.orphans) adoptOrphans(draft, input.orphans);
  if (input.humanOnly === true) {
    draft.state.humanAsked = optOut(draft, { by: 'user', reason: 'the user deals with people only' });
  }
  const { intent, recordsRead = [], partialResults } = workingMemoryOf(input.handedOver?.memory ?? {});
  draft.state.memory = {
    '': {
      facts: input.facts,
      recordsRead,
      ...(intent === undefined ? {} : { intent }),
      ...(partialResults ? { partialResults } : {}),
    },
  };
  draft.steps.push({ kind: 'resolve-team', team: input.team });
}

/** The manifest enters the history here: whatever is deployed later, this case keeps it (H11). */
export function pinTeam(draft: Draft, manifest: TeamManifest, doorKeys?: readonly DoorKey[]): void {
  const { state } = draft;
  if (state.work.kind !== 'resolving') return;
  const problem = state.ending ? undefined : refuseConstraints(manifest, state.task);
  if (problem) {
    state.ending = { kind: 'failed', failure: problem };
    draft.next = { kind: 'close' };
    return;
  }
  state.manifest = manifest;
  state.manifestDigest = manifestDigest(manifest);
  keepRequesters(draft, manifest);
  state.owner = manifest.start;
  state.path = [manifest.start];
  const { facts, ...brought } = state.memory[''] ?? { facts: {}, recordsRead: [] };
  const came = workingMemoryOf(brought);
  // As at any edge: the receiver says what it takes up, and the rest is left behind, on record (I6, H8).
  const crossing = cutMemory(agentOf(state, manifest.start).workingMemory, came);
  state.memory = { [manifest.start]: withCrossed({ facts, recordsRead: [] }, crossing.crossed) };
  writeRow(draft, 'team-pinned', {
    team: manifest.name,
    manifest: state.manifestDigest,
    start: manifest.start,
    ...memoryInRow(isEmptyMemory(came) ? undefined : crossing),
  });
  if (doorKeys) takeDoorKeys(draft, doorKeys);
  if (state.ending) {
    parkOrphans(draft);
    return;
  }
  beginPolicy(draft);
  // Staff may take the case over before anybody has asked for them.
  consult(draft, manifest.escalation, { kind: 'case-due' });
  draft.next = state.humanAsked
    ? { kind: 'escalate', escalation: wantedEscalation(state.humanAsked) }
    : { kind: 'take-turn' };
}
