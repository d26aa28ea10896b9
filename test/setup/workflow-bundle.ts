import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { Encryption } from '../../workers/workflow-bundle.ts';
import { workflowBundleOptions } from '../../workers/workflow-bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Path of the workflow bundle of these sources: built once for a run of all tests, and again only when a source
 * changes, because building takes seconds and every file that starts workers would do it.
 */
export async function bundledWorkflows(encryption: Encryption = 'in-clear'): Promise<string> {
  const file = path.join(tmpdir(), 'baton-test-bundles', `${await sourceHash()}-${encryption}.js`);
  if (existsSync(file)) return file;
  const logger = new DefaultLogger('ERROR');
  const { code } = await bundleWorkflowCode({ ...workflowBundleOptions(undefined, encryption), logger });
  await mkdir(path.dirname(file), { recursive: true });
  const partial = `${file}.${String(process.pid)}`;
  await writeFile(partial, code);
  await rename(partial, file);
  return file;
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const room of ['contract', 'workflows']) {
    for (const name of (await readdir(path.join(root, room), { recursive: true })).sort()) {
      if (name.endsWith('.ts')) hash.update(name).update(await readFile(path.join(root, room, name)));
    }
  }
  hash.update(await readFile(path.join(root, 'workers/workflow-bundle.ts')));
  hash.update(await readFile(path.join(root, 'package-lock.json')));
  return hash.digest('hex').slice(0, 24);
}
