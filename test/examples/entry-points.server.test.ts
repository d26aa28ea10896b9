import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { freePort, isListening, until } from '../../scripts/ports.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';
import { endChild, startChild, type Child } from '../support/child.ts';
import { addNamespace } from '../support/namespace.ts';
import { processesNaming } from '../support/running-processes.ts';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;
const children: Child[] = [];

/** A checkout as a person has it, whose `.baton` is its own: files are ours, state is not. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'baton-checkout-')));
  await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  for (const name of ['node_modules', 'examples', 'tsconfig.json'])
    await symlink(path.join(root, name), path.join(folder, name));
  await mkdir(path.join(folder, '.baton'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await endChild(child);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `npm run ...` or `npm start` as at a terminal, without the server of the tests. */
function npm(words: readonly string[]): Child {
  return startHere('npm', words);
}

/** The same programs with a server that is given, compiled before: what they say does not hang on it. */
async function compiled(name: 'demo' | 'start', given: Readonly<Record<string, string>>): Promise<Child> {
  return startHere(process.execPath, [await compiledProgram(`examples/${name}.ts`)], given);
}

function startHere(
  command: string,
  words: readonly string[],
  given: Readonly<Record<string, string>> = {},
): Child {
  const ofTests = { TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined };
  const child = startChild(command, words, { folder, environment: { ...process.env, ...ofTests, ...given } });
  children.push(child);
  return child;
}

async function ports(): Promise<readonly [number, number]> {
  const text = await readFile(path.join(folder, '.baton/ports.json'), 'utf8');
  const { port, uiPort } = JSON.parse(text) as { readonly port: number; readonly uiPort: number };
  return [port, uiPort];
}

/** Nothing of the folder runs, and nobody listens where its server did. */
async function expectNothingLeft(): Promise<void> {
  const left = (): readonly string[] => processesNaming(path.join(folder, '.baton'));
  await until(() => Promise.resolve(left().length === 0), { limitMs: 60_000 });
  expect(left()).toEqual([]);
  for (const port of await ports()) expect(await isListening(port)).toBe(false);
}

/** What demo and start print of a case: where it is in the Temporal UI. */
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/\S+\/history/g;

/** Takes a port, says which networks there are, and runs the demo as at a terminal. */
const HOLDER = `
  const { createServer } = require('node:net');
  const { networkInterfaces } = require('node:os');
  createServer().listen(Number(process.argv[1]), '127.0.0.1', () => {
    console.log('networks:', Object.keys(networkInterfaces()).join(' '));
    const demo = require('node:child_process').spawn('npm', ['run', 'demo'], { stdio: 'inherit' });
    demo.on('close', (code) => process.exit(code ?? 1));
  });
`;
/** Commands whose processes reach this host alone, where the system lets us have such. */
const ALONE = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'] as const;
const [unshare, ...aloneWords] = ALONE;
const canBeAlone = spawnSync(unshare, [...aloneWords, 'true']).status === 0;

/** The demo with a port taken from it, and no network that leads off this host (X13). */
function demoAlone(port: number): Child {
  const command = [...(canBeAlone ? ALONE : []), 'node', '-e', HOLDER, String(port)];
  const environment = { ...process.env, TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined };
  const child = startChild(command[0] ?? 'node', command.slice(1), { folder, environment });
  children.push(child);
  return child;
}

test('the demo holds with no network but this host, on other ports where its own are taken; `npm start` shows its cases where they were, until SIGTERM', async () => {
  const taken = await freePort();
  const wanted = { port: taken, uiPort: await freePort() };
  await writeFile(path.join(folder, '.baton/ports.json'), JSON.stringify(wanted));
  const demo = demoAlone(taken);
  expect(await demo.ended).toBe(0);
  if (canBeAlone) expect(demo.output()).toMatch(/^networks: lo$/m);
  expect(demo.output()).toContain(`Port ${String(taken)} is taken; Temporal gets port`);
  expect(demo.output()).toContain('Everything held.');
  const shown: readonly string[] = demo.output().match(ADDRESS) ?? [];
  expect(shown).toHaveLength(3);
  await expectNothingLeftBeside(taken);

  const start = npm(['start']);
  await start.writes(/Ready\. Ctrl-C stops everything\./);
  for (const address of shown) expect(start.output()).toContain(address);
  for (const port of await ports()) expect(await isListening(port)).toBe(true);
  expect(processesNaming(path.join(folder, '.baton'))).not.toEqual([]);
  // As a supervisor does: to npm, which hands it on.
  start.signal('SIGTERM', 'alone');
  await start.ended;
  expect(start.output()).toContain('Stopping ...');
  await expectNothingLeft();
}, 360_000);

async function expectNothingLeftBeside(port: number): Promise<void> {
  expect(await ports()).not.toContain(port);
  await expectNothingLeft();
}

test('Ctrl-C in the middle of the demo leaves nothing behind', async () => {
  const demo = npm(['run', 'demo']);
  await demo.writes(/UI http/);
  demo.signal('SIGINT', 'group');
  expect(await demo.ended).not.toBe(0);
  expect(demo.output()).toContain('interrupted');
  expect(demo.output()).not.toContain('Everything held.');
  await expectNothingLeft();
}, 360_000);

test('a server that is given is used, said so, and left up', async () => {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const namespace = `start-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  try {
    await addNamespace(connection, namespace);
    const start = await compiled('start', { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
    await start.writes(/Ready\. Ctrl-C stops everything\./);
    expect(start.output()).toContain(`Using the Temporal server at ${address} (TEMPORAL_ADDRESS).`);
    expect(start.output()).toContain('TEMPORAL_UI_ADDRESS');
    start.signal('SIGINT', 'group');
    await start.ended;
    await connection.workflowService.getSystemInfo({});
  } finally {
    await connection.close();
  }
}, 360_000);

test.each(['demo', 'start'] as const)(
  'the program of `npm run %s` names the address where nobody answers, and fails',
  async (name) => {
    const address = `127.0.0.1:${String(await freePort())}`;
    const child = await compiled(name, { TEMPORAL_ADDRESS: address });
    expect(await child.ended).toBe(1);
    expect(child.output()).toContain(`TEMPORAL_ADDRESS is ${address}, but no Temporal server`);
    expect(child.output()).toContain('unset TEMPORAL_ADDRESS to have one started');
    expect(child.output()).not.toMatch(/^\s+at /m);
  },
);
