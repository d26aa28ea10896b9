import { BatonError, failure } from '../../contract/failures.ts';
import { keptTextsIn, withKept } from '../../contract/kept-text.ts';
import { readKept } from '../../contract/keeping.ts';
import type { ContextStore } from '../../contract/ports.ts';
import type { Team } from '../define-team.ts';
import { withoutStore } from './converse.ts';
import { patiently } from './patience.ts';

/**
 * Reads what was kept out of the history (X5): references among the texts of a value, all in one round trip. Nothing is
 * asked where there is none.
 * @throws `CONTEXT_MISSING`, `CONTEXT_CHANGED`, `PERSON_ERASED`, `STORE_UNAVAILABLE`
 */
export async function readKeptTexts<Value>(
  store: ContextStore | undefined,
  caseId: string,
  value: Value,
): Promise<Value> {
  if (keptTextsIn(value).size === 0) return value;
  if (!store) throw withoutStore();
  return withKept(value, await patiently(() => readKept(store, caseId, value)));
}

/**
 * Refuses to serve a private team where nothing keeps its texts.
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function requireContextOfPrivate(teams: readonly Team[], context: ContextStore | undefined): void {
  const asking = teams.find((team) => team.manifest.private !== undefined);
  if (!asking || context) return;
  const detail = `team ${asking.name} is private, and its workers have no context store`;
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'context'));
}
