import { readFile } from 'node:fs/promises';
import { isScalar, parseDocument } from 'yaml';
import { BatonError, failure } from '../contract/failures.ts';

/** One value of a policy that becomes another. */
export interface PolicyChange {
  readonly path: readonly (string | number)[];
  readonly value: number | string;
}

/**
 * The text of a policy's file with some values changed, and everything else as its author wrote it, to the letter.
 * @returns the text, and what it says; the caller validates that
 * @throws BatonError `POLICY_INVALID` where nothing is written at a path, or the value of an alias
 */
export async function draftOfPolicyFile(
  file: string,
  changes: readonly PolicyChange[],
): Promise<{ readonly text: string; readonly value: unknown }> {
  const text = await readFile(file, 'utf8');
  const document = parseDocument(text);
  const places = changes.map(({ path, value }) => {
    const node = document.getIn(path, true);
    const [start, end] = (isScalar(node) ? node.range : undefined) ?? [];
    if (start === undefined || end === undefined) {
      const field = ['policy', ...path].join('.');
      throw new BatonError(failure('POLICY_INVALID', `${file}: ${field} is not written there`, field));
    }
    return { start, end, value };
  });
  // From the end, so that the places before stay where they are.
  const changed = places
    .toSorted((left, right) => right.start - left.start)
    .reduce((rest, { start, end, value }) => rest.slice(0, start) + String(value) + rest.slice(end), text);
  return { text: changed, value: parseDocument(changed).toJS({ maxAliasCount: 20 }) };
}
