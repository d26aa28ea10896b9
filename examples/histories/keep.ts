import { access, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import type { BatonClient } from '../../client/index.ts';
import { CONTRACT_VERSION } from '../../contract/versions.ts';

const Manifest = z.object({
  release: z.string(),
  contract: z.string(),
  histories: z.array(
    z.object({ file: z.string(), title: z.string(), caseId: z.string(), events: z.number() }),
  ),
});

/** Where histories of a release are kept, for ever: what is there already is not recorded again. */
export interface Keeper {
  /** Whether a case's histories are there. */
  readonly has: (name: string) => boolean;
  /** Keeps the histories of all runs of a case that has closed, under its id or another name. */
  readonly keep: (baton: BatonClient, caseId: string, title: string, name?: string) => Promise<void>;
}

/** Names of this machine and paths on it are nobody's business, and no replay looks at them. */
function withoutMachine(name: string, value: unknown): unknown {
  if (name === 'stackTrace') return '';
  return name === 'identity' || name === 'workerInstanceKey' ? 'recorded' : value;
}

/** Opens the folder of a release. Its manifest names every file. */
export async function openKeeper(folder: string, release: string): Promise<Keeper> {
  const place = path.join(folder, 'manifest.json');
  const isThere = await access(place).then(
    () => true,
    () => false,
  );
  const manifest = isThere
    ? Manifest.parse(JSON.parse(await readFile(place, 'utf8')))
    : { release, contract: CONTRACT_VERSION, histories: [] };
  return {
    has: (name) => manifest.histories.some((one) => one.file === `${name}.json`),
    keep: async (baton, caseId, title, name = caseId) => {
      for (const [index, { history }] of (await baton.histories(caseId)).runs.entries()) {
        const file = `${name}${index === 0 ? '' : `-${String(index + 1)}`}.json`;
        const json = JSON.stringify(JSON.parse(historyToJSON(history), withoutMachine));
        await writeFile(path.join(folder, file), json.replaceAll(hostname(), 'recorded'), { flag: 'wx' });
        const events = history.events?.length ?? 0;
        manifest.histories.push({ file, title, caseId, events });
        process.stdout.write(`${file}: ${String(events)} events\n`);
      }
      await writeFile(place, `${JSON.stringify(manifest, undefined, 2)}\n`);
    },
  };
}
