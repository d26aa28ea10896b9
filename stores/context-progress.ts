import { canonicalJson } from '../contract/canonical-json.ts';
import { personErased, type ContextCase } from '../contract/context.ts';
import { sha256Hex } from '../contract/digest.ts';
import { BatonError, failure } from '../contract/failures.ts';
import { readProgress, type Progress, type ProgressEntry, type ProgressRange } from '../contract/progress.ts';
import { isOpen } from './cases-at-hand.ts';
import { progressPlace } from './context-table.ts';
import type { ContextWriting } from './context-write.ts';

/** Appends lose a race only to another writer of the same case. */
const ATTEMPTS = 5;

/** Appends to the feed of a case. @throws as {@link ContextStore.appendProgress} says */
export async function appendProgress(
  { table, cipher, atHand }: ContextWriting,
  owner: ContextCase,
  entries: readonly Progress[],
): Promise<void> {
  if (entries.length === 0) return;
  const texts = entries.map((entry) => canonicalJson(entry));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { one, isNew } = await atHand.openCase(owner);
    const digests = texts.map((text) => ({ digest: sha256Hex(text), body: '' }));
    const bodies = await cipher.seal(
      one.trace,
      one.key,
      texts.map((text, index) => ({
        place: progressPlace(digests[index] ?? { digest: '', body: '' }),
        text,
      })),
    );
    const rows = digests.map(({ digest }, index) => ({ digest, body: bodies[index] ?? '' }));
    const known = !isNew || (await table.insert({ case: one, isNew, values: [], messages: [] }));
    if (known && (await table.appendProgress(one, rows))) {
      atHand.remember(owner, one);
      return;
    }
    atHand.forget(owner.trace);
  }
  throw new BatonError(failure('STORE_UNAVAILABLE', `others keep writing to the feed of ${owner.trace}`));
}

/** Reads the feed of a case. @throws as {@link ContextStore.readProgress} says */
export async function readFeed(
  { table, cipher }: ContextWriting,
  trace: string,
  { after = 0, limit }: ProgressRange = {},
): Promise<readonly ProgressEntry[]> {
  const rows = await table.readProgress(trace, after, limit);
  if (rows.length === 0) return [];
  const found = await table.findCase(trace);
  if (!found || !isOpen(found)) throw new BatonError(personErased(trace));
  const texts = await cipher.open(
    trace,
    found.key,
    rows.map((row) => ({ place: progressPlace(row), text: row.body })),
  );
  return rows.map(({ sequence, digest }, index) => {
    const text = texts[index];
    if (text !== undefined && sha256Hex(text) === digest)
      return { offset: sequence, progress: readProgress(text) };
    throw new BatonError(failure('CONTEXT_CHANGED', `progress ${String(sequence)} of trace ${trace}`));
  });
}
