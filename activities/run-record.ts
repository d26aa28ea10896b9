import type { Recorded, RecordInput } from '../contract/activities.ts';
import type { ContextStore, LedgerStore } from '../contract/ports.ts';
import { keepMessages, withoutStore } from './context/converse.ts';
import { readKeptTexts } from './context/kept-texts.ts';
import { recordedOf } from './record-rows.ts';

/**
 * The activity `record`: flushes ledger rows, and the messages that the context store does not have yet. It insists,
 * for a case must not wait or close with something unrecorded.
 * @throws whatever the stores throw
 */
export async function runRecord(
  stores: { readonly ledger: LedgerStore; readonly context: ContextStore | undefined },
  input: RecordInput,
): Promise<Recorded> {
  const { rows, conversation, kept, trace, caseId, team, person } = input;
  await stores.ledger.append(rows, { caseId, team });
  const recorded = recordedOf(rows.at(-1));
  if (!conversation || !kept) return recorded;
  if (!stores.context) throw withoutStore();
  const owner = { trace, caseId, ...(person === undefined ? {} : { person }) };
  const said = await readKeptTexts(stores.context, caseId, conversation);
  const keptThrough = await keepMessages(stores.context, owner, { conversation: said, kept });
  return { ...recorded, ...(keptThrough === undefined ? {} : { keptThrough }) };
}
