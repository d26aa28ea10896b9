import type { CaseInput } from '../../contract/case.ts';
import { manifestDigest, type TeamManifest } from '../../contract/team.ts';
import type { Draft } from '../draft.ts';
import { addMessage, consumeMessageId, writeRow } from '../draft.ts';
import { messageDigest } from './messages.ts';
import { adoptOrphans, parkOrphans } from './orphans.ts';

/** The case begins: its first message is kept, and its team is asked for. */
export function openCase(draft: Draft, input: CaseInput): void {
  writeRow(draft, 'case-opened', {
    team: input.team,
    task: input.task.definition,
    ...(input.openedBy === undefined ? {} : { openedBy: input.openedBy }),
  });
  const { message } = input;
  if (message) {
    const digest = messageDigest(message);
    consumeMessageId(draft, message.id, digest);
    addMessage(draft, {
      id: message.id,
      from: { kind: 'user' },
      text: message.text,
      ...(message.locale === undefined ? {} : { locale: message.locale }),
    });
    writeRow(draft, 'message-received', {
      messageId: message.id,
      sequence: draft.state.messages,
      textDigest: digest,
    });
  }
  if (input.orphans) adoptOrphans(draft, input.orphans);
  draft.state.memory = { '': { facts: input.facts, recordsRead: [] } };
  draft.steps.push({ kind: 'resolve-team', team: input.team });
}

/** The manifest enters the history here: whatever is deployed later, this case keeps it (H11). */
export function pinTeam(draft: Draft, manifest: TeamManifest): void {
  const { state } = draft;
  if (state.work.kind !== 'resolving') return;
  state.manifest = manifest;
  state.manifestDigest = manifestDigest(manifest);
  state.owner = manifest.start;
  state.path = [manifest.start];
  const opened = state.memory[''] ?? { facts: {}, recordsRead: [] };
  state.memory = { [manifest.start]: opened };
  writeRow(draft, 'team-pinned', {
    team: manifest.name,
    manifest: state.manifestDigest,
    start: manifest.start,
  });
  if (state.ending) {
    parkOrphans(draft);
    return;
  }
  draft.next = state.humanAsked
    ? { kind: 'escalate', escalation: { reasonCode: 'human-asked', explanation: state.humanAsked.reason } }
    : { kind: 'take-turn' };
}
