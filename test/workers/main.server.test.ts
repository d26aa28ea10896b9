import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createBatonClient } from '../../client/baton-client.ts';
import { progressOnStandardError } from '../../scripts/cache.ts';
import { freePort } from '../../scripts/ports.ts';
import { run } from '../../scripts/run.ts';
import { temporalBinary } from '../../scripts/temporal/binary.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { contextLocations, openContextAt } from '../../stores/index.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';
import { endChild, startChild, typescript, type Child } from '../support/child.ts';
import { namespaceWorks, registerNamespace } from '../support/namespace.ts';

const address = String(process.env['TEMPORAL_ADDRESS']);
const typescriptTeam = path.join(import.meta.dirname, 'patient-team.ts');
let folder: string;
let compiled: string;
let team: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-main-'));
  compiled = await compiledProgram('workers/main.ts');
  team = await compiledProgram('test/workers/patient-team.ts');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A worker process with its own stores, and of Baton's variables only these. */
function startWorker(
  variables: Readonly<Record<string, string | undefined>>,
  program: readonly string[] = [compiled],
): Child {
  return startChild(process.execPath, program, {
    folder,
    environment: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TEMPORAL_ADDRESS: address,
      BATON_TEST_GATE: path.join(folder, 'gate'),
      ...variables,
    },
  });
}

describe('a worker process is refused with a message and no stack', () => {
  test.each<[string, () => Promise<Readonly<Record<string, string>>>, readonly string[]]>([
    [
      'without teams',
      () => Promise.resolve({}),
      ['CONFIGURATION_INVALID', 'BATON_TEAMS is not set', './examples/support/team.ts'],
    ],
    [
      'with values that are none, all named at once',
      () => Promise.resolve({ BATON_TEAMS: team, BATON_MAX_CACHED_CASES: 'many', BATON_LOG_LEVEL: 'loud' }),
      ['BATON_MAX_CACHED_CASES is "many": a whole number from 0', 'BATON_LOG_LEVEL is "loud": one of trace'],
    ],
    [
      'with a module that is not there',
      () => Promise.resolve({ BATON_TEAMS: './nowhere.ts' }),
      ['CONFIGURATION_INVALID', 'BATON_TEAMS: ./nowhere.ts cannot be loaded'],
    ],
    [
      'with a module that exports no team',
      async () => {
        await writeFile(path.join(folder, 'empty.mjs'), 'export const team = 1;');
        return { BATON_TEAMS: './empty.mjs' };
      },
      ['CONFIGURATION_INVALID', './empty.mjs must export `teams`', '`openTeams`'],
    ],
    [
      'where no server answers',
      async () => ({ BATON_TEAMS: team, TEMPORAL_ADDRESS: `127.0.0.1:${String(await freePort())}` }),
      ['SERVER_UNREACHABLE', 'no Temporal server answers at 127.0.0.1:', 'check TEMPORAL_ADDRESS'],
    ],
    [
      'with an address of a ledger that cannot be one',
      () => Promise.resolve({ BATON_TEAMS: team, BATON_LEDGER_URL: 'mysql://db/baton' }),
      ['CONFIGURATION_INVALID', 'mysql'],
    ],
  ])('%s', async (_, variables, words) => {
    const worker = startWorker(await variables());
    try {
      expect(await worker.ended).toBe(1);
      for (const word of words) expect(worker.output()).toContain(word);
      expect(worker.output()).not.toMatch(/^\s+at /m);
    } finally {
      await endChild(worker);
    }
  });
});

test('a namespace without the search attributes is refused with the command that adds them; then the worker serves, and SIGTERM drains it', async () => {
  const namespace = `main-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  const variables = { BATON_TEAMS: team, TEMPORAL_NAMESPACE: namespace };
  const children: Child[] = [];
  const start = (...how: Parameters<typeof startWorker>): Child => {
    const worker = startWorker(...how);
    children.push(worker);
    return worker;
  };
  try {
    await registerNamespace(connection, namespace);
    // In TypeScript, as in a checkout.
    const refused = start({ ...variables, BATON_TEAMS: typescriptTeam }, typescript('workers/main.ts'));
    expect(await refused.ended).toBe(1);
    const said =
      /SEARCH_ATTRIBUTE_MISSING: .*add with: temporal (operator search-attribute create [^;]+);/.exec(
        refused.output(),
      );
    // The very command of the message, where a person would paste it.
    const words = [...String(said?.[1]).split(' '), '--address', address];
    const command = await temporalBinary(process.env, progressOnStandardError);
    const added = await run({ command, args: words, environment: process.env, limitMs: 60_000 });
    expect(added).toMatchObject({ ok: true });
    expect(await namespaceWorks(connection, namespace)).toBe(true);

    const worker = start(variables);
    const serving = await worker.writes(/^{.*"serving".*}$/m);
    expect(JSON.parse(serving[0])).toMatchObject({
      namespace,
      teams: ['patience'],
      queues: ['baton', 'baton-patient'],
    });
    const baton = createBatonClient({ client: new Client({ connection, namespace }), address });
    const { caseId } = await baton.open({
      team: 'patience',
      task: { definition: 'wait' },
      user: { id: 'ann@example.org' },
      message: { id: 'm', text: 'Hi' },
    });
    await worker.writes(/the agent works/);
    worker.signal('SIGTERM', 'alone');
    await worker.writes(/draining/);
    await writeFile(path.join(folder, 'gate'), '');
    expect(await worker.ended).toBe(0);
    expect(worker.output()).toContain('"msg":"stopped"');

    // What it was at came to its end: nobody takes that turn a second time.
    const next = start(variables);
    const closed = connection.withDeadline(Date.now() + 90_000, () =>
      new Client({ connection, namespace }).workflow.getHandle(caseId).result(),
    );
    expect(await closed).toMatchObject({ outcome: { kind: 'finished', outcome: 'done' } });
    expect(next.output()).not.toContain('the agent works');
    next.signal('SIGINT', 'alone');
    expect(await next.ended).toBe(0);

    // Told of no other places, it keeps the conversation beside the ledger, and the keys to it in their own file.
    const places = { BATON_LEDGER_URL: path.join(folder, '.baton/baton.db') };
    expect(await readdir(path.join(folder, '.baton'))).toEqual(
      expect.arrayContaining(['baton.db', 'baton-keys.db']),
    );
    const context = await openContextAt(contextLocations(places), cipherOfEnvironment(places));
    const [kept] = await context.casesOf('ann@example.org');
    expect(kept).toMatchObject({ caseId });
    const { messages } = await context.read({ trace: kept?.trace ?? '', messages: {} });
    expect(messages[0]).toMatchObject({ id: 'm', text: 'Hi' });
    await context.close();
  } finally {
    for (const child of children) await endChild(child);
    await connection.close();
  }
}, 360_000);
