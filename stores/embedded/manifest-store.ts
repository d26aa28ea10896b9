import type { JsonObject } from '../../contract/json.ts';
import type { ManifestStore } from '../../contract/ports.ts';
import { storableText } from '../storable.ts';
import type { EmbeddedOptions } from './database.ts';
import { openEmbeddedTables } from './schema.ts';

/** Team manifests in a SQLite file. */
export async function openEmbeddedManifestStore(
  file: string,
  options?: EmbeddedOptions,
): Promise<ManifestStore> {
  const { database, close } = await openEmbeddedTables('manifests', file, options);
  return {
    put: async (digest, manifest) => {
      const parameters = [digest, storableText('manifest', manifest)];
      await database.atomic([{ sql: 'INSERT OR IGNORE INTO baton_manifests VALUES (?, ?)', parameters }]);
    },
    get: async (digest) => {
      const [result] = await database.read([
        { sql: 'SELECT manifest FROM baton_manifests WHERE digest = ?', parameters: [digest] },
      ]);
      const text = result?.rows[0]?.[0];
      return typeof text === 'string' ? (JSON.parse(text) as JsonObject) : undefined;
    },
    close,
  };
}
