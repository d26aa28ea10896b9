import type { TurnInput } from '../../contract/activities.ts';
import type { Message } from '../../contract/conversation.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { ConversationView, EdgeManifest, TeamManifest } from '../../contract/team.ts';
import { edgeBetween } from '../../contract/edges.ts';

/** The edge that brought a case to its owner; undefined for the first owner, for returns and for gifts of people. */
export function edgeOfTransfer(
  manifest: TeamManifest,
  transfer: Envelope['transfer'],
): EdgeManifest | undefined {
  if (transfer?.verb !== 'transfer') return undefined;
  return edgeBetween(manifest, transfer.from, transfer.to);
}

/**
 * The conversation as an edge lets its receiver see it: full, filtered, or the newest messages beside the summary of
 * the boundary (X9). What nobody has answered yet is always there (T8).
 */
export function viewConversation(
  conversation: readonly Message[],
  view: ConversationView | undefined,
  answeredUpTo: TurnInput['answeredUpTo'],
): readonly Message[] {
  if (view === undefined || view.kind === 'full') return conversation;
  const newest = (messages: readonly Message[], last: number | undefined): ReadonlySet<Message> =>
    new Set(last === undefined ? messages : last === 0 ? [] : messages.slice(-last));
  const speakers: ReadonlySet<string> | undefined =
    view.kind === 'filtered' && view.from ? new Set(view.from) : undefined;
  const heard = speakers ? conversation.filter((one) => speakers.has(one.from.kind)) : conversation;
  const kept = newest(heard, view.last);
  return conversation.filter((one) => kept.has(one) || one.sequence > answeredUpTo);
}
