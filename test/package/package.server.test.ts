import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { addNamespace } from '../support/namespace.ts';
import { installPackedPackage, type UserProject } from './packed-package.ts';

const root = path.resolve(import.meta.dirname, '../..');
let project: UserProject;

beforeAll(async () => {
  project = await installPackedPackage();
}, 360_000);
afterAll(() => project.remove());

test('every entry point is there, with its types, and loads under plain node', async () => {
  const entries = Object.entries(project.packageFile.exports);
  for (const [, files] of entries)
    for (const file of Object.values(files))
      expect(existsSync(path.join(project.installed, file))).toBe(true);
  const names = entries.map(([name]) => name.replace('.', 'baton'));
  const program = `
    for (const name of ${JSON.stringify(names)})
      console.log(name, Object.keys(await import(name)).length > 0);`;
  const output = await project.node(['--input-type=module', '--eval', program]);
  expect(output.trim().split('\n')).toEqual(names.map((name) => `${name} true`));
  expect(names).toContain('baton/testing');
});

test('its command runs from the built form', async () => {
  const baton = path.join(project.installed, 'bin/baton.js');
  expect(await project.node([baton, '--help'])).toContain('Usage: baton');
  const history = path.join(root, 'test/histories/0.1.0/duplicate-charge.json');
  const replayed = await project.node([baton, 'replay', '--file', history, '--json']);
  expect(JSON.parse(replayed)).toMatchObject({ ok: true });
  const envelope = await project.node([baton, 'schema', 'envelope']);
  const shipped = path.join(project.installed, 'schemas/published/1.0.0/envelope.schema.json');
  expect(envelope).toBe(await readFile(shipped, 'utf8'));
});

test('its types tell right from wrong', async () => {
  const program = `
    import { z } from 'zod';
    import { defineAgent } from 'baton/activities';
    import type { ConnectedBatonClient } from 'baton/client';
    import type { CallAnswer, CaseView, FailureCode, FanOutAnswer, FanOutView } from 'baton/contract';
    import type { openLedgerStore } from 'baton/stores';
    import type { ScriptedAgent } from 'baton/testing';
    import type { Workers } from 'baton/worker';
    import type { 'baton-case' as Case } from 'baton/workflow';
    const about = { name: 'a', version: '1.0.0', domain: 'd', scope: 's', accepts: z.object({ x: z.string() }) };
    defineAgent({ ...about, run: ({ facts }) => ({ intent: { kind: 'reply', text: facts.x } }) });
    // @ts-expect-error -- x is no number
    defineAgent({ ...about, run: ({ facts }) => ({ intent: { kind: 'reply', text: facts.x * 2 } }) });
    // @ts-expect-error -- no such code
    export const wrong: FailureCode = 'NOPE';
    export const asked = (view: CaseView): readonly FanOutView[] => view.fanOuts ?? [];
    export const standing = ({ asked }: CallAnswer): FanOutAnswer['status'] | undefined => asked?.status;
    // @ts-expect-error -- no such status
    export const unknown: FanOutAnswer['status'] = 'lost';
    // @ts-expect-error -- nothing is simply anything
    export const each: [ConnectedBatonClient, typeof openLedgerStore, ScriptedAgent, Workers, typeof Case] = [1, 2, 3, 4, 5];`;
  await writeFile(path.join(project.folder, 'types.ts'), program);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  // Rejects with the compiler's words when it finds a fault, or finds none where one is expected.
  await project.node([compiler, ...options, '--skipLibCheck', 'types.ts']);
});

test('a user’s program in plain JavaScript plays a whole case with it', async () => {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const namespace = `package-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  try {
    await addNamespace(connection, namespace);
  } finally {
    await connection.close();
  }
  await copyFile(path.join(import.meta.dirname, 'consumer.mjs'), path.join(project.folder, 'consumer.mjs'));
  const environment = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const output = await project.node(['consumer.mjs'], environment);
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
    path: ['front', 'cashier'],
    outcome: { kind: 'finished', outcome: 'balance 15' },
    verified: true,
    rows: true,
  });
});
