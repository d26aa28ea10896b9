import type { NonceUse } from '../contract/seal.ts';

/** What consuming came to: the row that stands under the nonce decides, whoever wrote it. */
export function nonceAnswer(
  use: NonceUse,
  inserted: boolean,
  row: readonly unknown[] | undefined,
): 'consumed' | 'repeated' | 'used' {
  if (inserted) return 'consumed';
  return row?.[0] === use.handoffId && row[1] === use.digest ? 'repeated' : 'used';
}
