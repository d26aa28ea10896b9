import { createHash } from 'node:crypto';

/** Text of a key ring whose secrets follow from the ids, so that two rings of a test agree. */
export function keyRingText(ring: {
  readonly encryptWith: string;
  readonly active: readonly string[];
  readonly retired?: readonly string[];
  /** Ids without their secret. */
  readonly lacking?: readonly string[];
}): string {
  const { encryptWith, active, retired = [], lacking = [] } = ring;
  const key = (status: 'active' | 'retired') => (id: string) => ({
    id,
    status,
    ...(lacking.includes(id)
      ? {}
      : { secret: createHash('sha256').update(`secret of ${id}`).digest('base64url') }),
  });
  return JSON.stringify({
    version: '1.0.0',
    encryptWith,
    keys: [...active.map(key('active')), ...retired.map(key('retired'))],
  });
}
