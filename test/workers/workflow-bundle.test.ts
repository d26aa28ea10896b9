import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { workflowBundle } from '../../workers/workflow-bundle.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** A loader of TypeScript that gives modules of one importer a namespace does so by a query in their address. */
test('the modules beside the bundle are found when a loader adds a query to addresses', async () => {
  const script = `
    import { tsImport } from 'tsx/esm/api';
    const { payloadConverterPath, workflowBundleOptions } =
      await tsImport('./workers/workflow-bundle.ts', ${JSON.stringify(`${pathToFileURL(root).href}/`)});
    console.log(JSON.stringify([payloadConverterPath(), workflowBundleOptions().workflowsPath]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
  });
  const found = JSON.parse(stdout) as string[];
  expect(found.map((file) => path.relative(root, file))).toEqual([
    'contract/payload-converter.ts',
    'workflows/index.ts',
  ]);
  expect(found.every((file) => existsSync(file))).toBe(true);
});

test('the sandbox gets the syntax of its engine: no function stands in for a spread', async () => {
  expect((await workflowBundle()).code).not.toContain('function _object_spread');
});

test('a bundle has intrinsics in its own scope, but none that the SDK replaces for each workflow', async () => {
  const [banner = ''] = (await workflowBundle()).code.split('\n');
  const overrides = await readFile(
    path.join(root, 'node_modules/@temporalio/workflow/lib/global-overrides.js'),
    'utf8',
  );
  const replaced = [...overrides.matchAll(/\bglobal\.(\w+)(?:\.\w+)* = /g)].map(([, name]) => name);
  expect(replaced).toEqual(expect.arrayContaining(['Date', 'WeakRef', 'setTimeout']));
  const context = createContext({});
  for (const name of ['globalThis', 'Object', 'Error', 'Promise', 'Uint8Array'])
    expect(runInContext(`{ ${banner} ${name} === this.${name}; }`, context)).toBe(true);
  for (const name of replaced) expect(banner).not.toMatch(new RegExp(`\\b${String(name)}\\b`));
});
