import { randomBytes } from 'node:crypto';
import { boundContextKey } from '../../security/case-keys.ts';
import { rotateMasterKey, rotatePersonKeys } from '../../security/key-rotation.ts';
import { masterKeysOf } from '../../security/person-keys.ts';
import { contextLocations, openContextKeys, openPersonKeyTable } from '../../stores/index.ts';
import { counted } from '../output/table.ts';
import type { Answer, Running } from '../run-command.ts';

/** Kinds of keys that lie in stores rather than in a file. */
type StoredKind = 'master' | 'persons';

/** A new master key, for whoever keeps secrets: it is shown once and kept nowhere. */
export function newMasterKey(): Answer {
  const key = randomBytes(32).toString('base64url');
  return { json: { kind: 'master', key }, text: `${key}\n` };
}

/**
 * `baton keys rotate --kind master` and `--kind persons`, over the stores of the environment. A run that was cut off
 * has lost nothing; another one goes on.
 */
export async function rotateStored(
  { host: { environment } }: Running,
  kind: StoredKind,
  finish: boolean,
): Promise<Answer> {
  const locations = contextLocations(environment);
  const masters = masterKeysOf(environment);
  const table = await openPersonKeyTable(locations.keysUrl);
  try {
    if (kind === 'master') {
      const done = await rotateMasterKey(table, masters);
      return {
        json: { kind, ...done },
        text: `${String(done.rewrapped)} of ${counted(done.keys, 'key')} encrypted anew; all are under the present master key\n`,
      };
    }
    const context = await openContextKeys(locations.contextUrl, boundContextKey);
    try {
      const done = await rotatePersonKeys({ table, masters, context, renew: !finish });
      return {
        json: { kind, ...done },
        text:
          `${counted(done.persons, 'person')} with a new key, ${counted(done.rewrapped, 'key')} of cases wrapped anew\n` +
          `${counted(done.removed, 'retired key')} removed, ${String(done.kept)} kept for an hour yet\n`,
      };
    } finally {
      await context.close();
    }
  } finally {
    await table.close();
  }
}
