import type { JsonObject } from '../../contract/json.ts';
import type { ManifestStore } from '../../contract/ports.ts';
import { storableText } from '../storable.ts';
import { openPostgresTables } from './schema.ts';

/** Team manifests in PostgreSQL. */
export async function openPostgresManifestStore(url: string): Promise<ManifestStore> {
  const { database, close } = await openPostgresTables('manifests', url);
  return {
    put: async (digest, manifest) => {
      const text = storableText('manifest', manifest);
      await database.query('INSERT INTO baton_manifests VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        digest,
        text,
      ]);
    },
    get: async (digest) => {
      const { rows } = await database.query('SELECT manifest FROM baton_manifests WHERE digest = $1', [
        digest,
      ]);
      const text = rows[0]?.[0];
      return typeof text === 'string' ? (JSON.parse(text) as JsonObject) : undefined;
    },
    close,
  };
}
