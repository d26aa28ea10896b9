import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

let folder: string;
let workflow: string;
let entry: string;
const cache = process.env['BATON_CACHE'];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-replay-bundle-'));
  await mkdir(path.join(folder, 'code'));
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  workflow = path.join(folder, 'code/greet.ts');
  entry = path.join(folder, 'code/index.ts');
  process.env['BATON_CACHE'] = path.join(folder, 'cache');
  await writeLongAgo(entry, `export { greet } from './greet.ts';`);
});
afterAll(async () => {
  if (cache === undefined) delete process.env['BATON_CACHE'];
  else process.env['BATON_CACHE'] = cache;
  await rm(folder, { recursive: true, force: true });
});

async function writeLongAgo(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  const then = new Date(Date.now() - 3_600_000);
  await utimes(file, then, then);
}

/** As a process of its own has it: bundles that were made are known to a process until it ends. */
async function bundleAnew(): Promise<string> {
  jest.resetModules();
  const { replayBundle } = await import('../../../command/replay/replay-bundle.ts');
  return (await replayBundle(entry)).code;
}

test('what a workflow imports is in its bundle as it is now, whatever was kept', async () => {
  await writeLongAgo(workflow, `export const greet = async (): Promise<string> => 'good morning';`);
  const morning = await bundleAnew();
  expect(morning).toContain('good morning');
  expect(await bundleAnew()).toBe(morning);
  await writeLongAgo(workflow, `export const greet = async (): Promise<string> => 'good evening';`);
  const evening = await bundleAnew();
  expect(evening).toContain('good evening');
  expect(evening).not.toContain('good morning');
}, 360_000);
