import { BatonError, failure } from '../../contract/failures.ts';
import { doorTrace, keptTextsIn, mapTexts, textKept } from '../../contract/kept-text.ts';
import type { ContextStore } from '../../contract/ports.ts';
import type { Team } from '../define-team.ts';
import { withoutStore } from './converse.ts';
import { patiently } from './patience.ts';

/**
 * Reads what doors have kept (X5): references among the texts of a value, all in one round trip. Nothing is asked where
 * there is none.
 * @throws `CONTEXT_MISSING`, `CONTEXT_CHANGED`, `PERSON_ERASED`, `STORE_UNAVAILABLE`
 */
export async function readKeptTexts<Value>(
  store: ContextStore | undefined,
  caseId: string,
  value: Value,
): Promise<Value> {
  const references = [...keptTextsIn(value)];
  if (references.length === 0) return value;
  if (!store) throw withoutStore();
  const { values } = await patiently(() =>
    store.read({
      trace: doorTrace(caseId),
      values: references.map(([, reference]) => ({ reference })),
    }),
  );
  const texts = new Map(references.map(([words], index) => [words, textKept(values[index])]));
  return mapTexts(value, (text) => texts.get(text) ?? text);
}

/**
 * Refuses to serve a private team where nothing keeps its texts.
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function requireContextOfPrivate(teams: readonly Team[], context: ContextStore | undefined): void {
  const asking = teams.find((team) => team.manifest.private === true);
  if (!asking || context) return;
  const detail = `team ${asking.name} is private, and its workers have no context store`;
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'context'));
}
