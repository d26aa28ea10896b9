/**
 * The workflow bundle of this checkout, kept in the cache folder: making it takes seconds of a processor, and demo,
 * evals and tests all need the same one.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { cacheFolder, makeOnce, progressOnStandardError, removeUnused } from '../scripts/cache.ts';
import type { Encryption } from '../workers/workflow-bundle.ts';
import { workflowBundleOptions } from '../workers/workflow-bundle.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Of sources: `.ts` in a checkout, `.js` where they are compiled. */
const extension = path.extname(import.meta.filename);

/** A bundle that nobody has asked for so long is of sources that have changed. */
const OLD_MS = 7 * 24 * 3_600_000;

/** Path of the bundle of Baton's own workflows, made when a source or a package has changed since. */
export async function bundledWorkflows(encryption: Encryption = 'in-clear'): Promise<string> {
  const folder = path.join(cacheFolder(process.env), 'workflow-bundles');
  const target = path.join(folder, `${await sourceHash()}-${encryption}.js`);
  if (!existsSync(target)) {
    await makeOnce({
      target,
      isThere: () => Promise.resolve(existsSync(target)),
      make: async (temporary) => {
        await removeUnused(folder, OLD_MS, '.js');
        // What webpack has to say of a good bundle interests nobody.
        const logger = new DefaultLogger('ERROR');
        const { code } = await bundleWorkflowCode({
          ...workflowBundleOptions(undefined, encryption),
          logger,
        });
        await writeFile(temporary, code);
      },
      progress: progressOnStandardError,
    });
  }
  const now = new Date();
  await utimes(target, now, now);
  return target;
}

/** Everything a bundle is made of: sources, how they are bundled, the packages and their versions. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  // A bundle names the files it was made of by their places.
  hash.update(`${root}\0`);
  for (const room of ['contract', 'workflows']) {
    for (const name of (await readdir(path.join(root, room), { recursive: true })).sort()) {
      if (name.endsWith(extension))
        hash.update(`${room}/${name}\0`).update(await readFile(path.join(root, room, name)));
    }
  }
  hash.update(await readFile(path.join(root, `workers/workflow-bundle${extension}`)));
  hash.update(await readFile(path.join(root, 'package-lock.json')));
  return hash.digest('hex').slice(0, 24);
}
