import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBatonClient } from '../../client/baton-client.ts';
import { until } from '../../scripts/ports.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { quietRuntime } from '../support/bed.ts';
import { runBatonProcess, type Ended } from './baton-process.ts';
import { runBatonHere } from './run-here.ts';

let desk: RunningDesk;
let folder: string;
let asked: ReadonlyMap<string, Ended>;

interface Bad {
  readonly what: string;
  readonly words: readonly string[];
  readonly input?: string;
  readonly exitCode: number;
  readonly code: string;
  /** What the message or field must name. */
  readonly names: string;
  readonly nowhere?: true;
  /** As a process of its own: it must end by itself, with this code, whatever it had opened. */
  readonly process?: true;
}

const by = ['--by', 'ann'];
const reason = ['--reason', 'because'];
const digest = ['--digest', '0'.repeat(64)];
const large = (megabytes: number): string => 'x'.repeat(megabytes * 1_048_576);
const at = (name: string): string => path.join(folder, name);
const unknown = (what: string, words: readonly string[]): Bad => ({
  what: `${what} of an unknown case`,
  words: [what, 'no-such-case', ...words],
  exitCode: 1,
  code: 'CASE_UNKNOWN',
  names: 'no-such-case',
});
const incomplete = (words: readonly string[], names: string): Bad => ({
  what: `${words.join(' ')} alone`,
  words,
  exitCode: 2,
  code: 'INPUT_INVALID',
  names,
});
const refused = (
  what: string,
  words: readonly string[],
  [code, names]: readonly [string, string],
  input?: string,
): Bad => ({ what, words, exitCode: 2, code, names, ...(input === undefined ? {} : { input }) });

const asProcess = (one: Bad): Bad => ({ ...one, process: true });
const open = ['open', '--file', '-'];
const caseOf = (change: object): string =>
  JSON.stringify({ version: '1.0.0', team: 'test-desk', task: { definition: 'x' }, ...change });

const bad: readonly Bad[] = [
  unknown('say', ['hello']),
  unknown('ask-for-human', []),
  asProcess(unknown('status', [])),
  unknown('show', []),
  unknown('transcript', []),
  asProcess(unknown('watch', [])),
  asProcess(unknown('decide', ['r1', '--approve', ...by, ...reason, ...digest])),
  unknown('claim', by),
  unknown('reply', ['hello', ...by]),
  unknown('give-back', [...by, '--note', 'x']),
  unknown('resolve', [...by, '--outcome', 'x', '--note', 'x']),
  unknown('dead-letters', []),
  unknown('redrive', ['d1', ...by, ...reason]),
  unknown('discard', ['d1', ...by, ...reason]),
  unknown('cancel', []),
  asProcess(unknown('verify', [])),
  asProcess(unknown('replay', [])),
  incomplete(['no-such-command'], 'no-such-command'),
  incomplete(['status'], 'case'),
  incomplete(['say', 'c'], 'text'),
  incomplete(['claim', 'c'], '--by'),
  incomplete(['give-back', 'c', ...by], '--note'),
  incomplete(['decide', 'c', 'r1', ...by, ...reason, ...digest], '--approve'),
  incomplete(['decide', 'c', 'r1', '--approve', '--reject', ...by, ...reason, ...digest], 'exclude'),
  incomplete(['replay'], '--file'),
  incomplete(['list', '--limit', 'many'], '--limit'),
  incomplete(['list', '--colour', 'red'], '--colour'),
  asProcess(
    refused('a filter that is no name', ['list', '--team', "x' OR '1'='1"], ['INPUT_INVALID', 'team']),
  ),
  asProcess(refused('a pool that is no name', ['reviews', '--pool', 'A B'], ['INPUT_INVALID', 'waitingOn'])),
  refused('an unknown stage', ['list', '--stage', 'asleep'], ['INPUT_INVALID', 'stage']),
  refused('a missing team', ['open', '--task', 'x'], ['INPUT_INVALID', 'case.team']),
  refused(
    'facts that are no JSON',
    ['open', '--team', 't', '--task', 'x', '--facts', '{'],
    ['INPUT_INVALID', '--facts'],
  ),
  refused(
    'a budget that is no number',
    ['open', '--team', 't', '--task', 'x', '--budget-usd', 'a lot'],
    ['INPUT_INVALID', 'case.task.constraints.budgetUsd'],
  ),
  refused(
    'a deadline that is no instant',
    ['open', '--team', 't', '--task', 'x', '--deadline', 'soon'],
    ['INPUT_INVALID', 'case.task.constraints.deadline'],
  ),
  refused(
    'a list as facts',
    ['open', '--team', 't', '--task', 'x', '--facts', '[]'],
    ['INPUT_INVALID', '--facts'],
  ),
  asProcess(refused('a case of the wrong type', open, ['INPUT_INVALID', 'case.team'], caseOf({ team: 7 }))),
  refused(
    'a case without a version',
    open,
    ['VERSION_UNSUPPORTED', 'supported: 1.0.0'],
    '{"team":"test-desk"}',
  ),
  refused('an unknown version', open, ['VERSION_UNSUPPORTED', '9.0.0'], caseOf({ version: '9.0.0' })),
  refused('a case of 2.5 MB', open, ['INPUT_TOO_LARGE', 'limit'], caseOf({ facts: { a: large(2.5) } })),
  refused('a case of 5 MB', open, ['INPUT_TOO_LARGE', 'limit'], caseOf({ facts: { a: large(5) } })),
  refused('a case that is no JSON', open, ['INPUT_INVALID', 'standard input is not JSON'], 'hello'),
  refused('input without end', open, ['INPUT_TOO_LARGE', 'bytes'], large(17)),
  refused(
    'a file that is not there',
    ['open', '--file', '/no/such/file'],
    ['INPUT_INVALID', '/no/such/file'],
  ),
  refused('a message of 2.5 MB', ['say', 'c', '-'], ['INPUT_TOO_LARGE', 'message'], large(2.5)),
  refused('a message of 5 MB', ['say', 'c', '-'], ['INPUT_TOO_LARGE', 'message'], large(5)),
  refused('a hasty watch', ['watch', 'c', '--interval', '10'], ['INPUT_INVALID', 'intervalMs']),
  refused('a case id with an escape', ['status', 'c\u001b[2J'], ['INPUT_INVALID', 'caseId']),
  {
    ...refused('a server that is not there', ['status', 'c'], ['SERVER_UNREACHABLE', '127.0.0.1:1']),
    exitCode: 3,
    nowhere: true,
    process: true,
  },
  {
    ...refused('opening without a server', [...open], ['SERVER_UNREACHABLE', '127.0.0.1:1'], caseOf({})),
    exitCode: 3,
    nowhere: true,
    process: true,
  },
];

/** Files with bad histories, each under the name it is asked by. */
const histories: readonly (readonly [string, string, string])[] = [
  ['missing.json', '', 'missing.json'],
  ['no-json.json', 'hello', 'no-json.json'],
  ['no-events.json', '{"runs":[]}', 'no list of events'],
  ['wrong-types.json', '{"events":[{"eventId":{},"eventType":7}]}', 'wrong-types.json'],
  [
    'other-workflow.json',
    '{"events":[{"eventId":"1","eventType":"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",' +
      '"workflowExecutionStartedEventAttributes":{"workflowType":{"name":"other\\u001b[31m"}}}]}',
    'not of a case',
  ],
];

const allOf = (): readonly Bad[] => [
  ...bad,
  ...histories.map(([file, , names]): Bad => ({
    what: `history ${file}`,
    words: ['replay', '--file', at(file)],
    exitCode: 2,
    code: 'HISTORY_UNREADABLE',
    names,
  })),
];

beforeAll(async () => {
  quietRuntime();
  desk = await startDesk();
  folder = await mkdtemp(path.join(tmpdir(), 'baton-bad-'));
  for (const [file, content] of histories.slice(1)) await writeFile(at(file), content);
  const results = new Map<string, Ended>();
  const waiting = allOf().flatMap((one) => [
    { key: `${one.what} plain`, one, words: one.words },
    { key: `${one.what} json`, one, words: [...one.words, '--json'] },
  ]);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { one, key, words } = next;
      const environment = {
        ...desk.environment,
        ...(one.nowhere ? { TEMPORAL_ADDRESS: '127.0.0.1:1' } : {}),
      };
      results.set(
        key,
        await (one.process ? runBatonProcess : runBatonHere)(words, {
          environment,
          ...(one.input === undefined ? {} : { input: one.input }),
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  asked = results;
}, 600_000);
afterAll(async () => {
  await desk.stop();
  await rm(folder, { recursive: true, force: true });
});

const names = [...bad.map((one) => one.what), ...histories.map(([file]) => `history ${file}`)];

test.each(names)('%s is refused, for people and for scripts', (what) => {
  const one = allOf().find((each) => each.what === what);
  const plain = asked.get(`${what} plain`);
  const script = asked.get(`${what} json`);
  expect(plain).toMatchObject({ exitCode: one?.exitCode, output: '' });
  expect(plain?.errors).toContain(one?.names);
  expect(plain?.errors).toContain(one?.code);
  expect(plain?.errors.length).toBeLessThan(4_000);
  expect(`${plain?.errors ?? ''}${script?.errors ?? ''}`).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
  );
  expect(script).toMatchObject({ exitCode: one?.exitCode, output: '' });
  const { error } = JSON.parse(String(script?.errors)) as {
    error: { code: string; message: string; field?: string };
  };
  expect(error.code).toBe(one?.code);
  expect(`${error.message} ${error.field ?? ''}`).toContain(one?.names);
});

test('nothing was opened by any of it', async () => {
  const { count } = await desk.client.workflow.count("WorkflowType = 'baton-case'");
  expect(count).toBe(0);
});

test('hostile text is shown, never interpreted', async () => {
  const hostile = 'hello \u001b[2J\u001b]8;;http://evil\u0007 \u202egnp.exe\u009b31m\r\nsystem: all is well';
  const { environment } = desk;
  const opened = await runBatonHere(['open', '--file', '-', '--json'], {
    environment,
    input: caseOf({
      message: { id: 'm', text: hostile },
      task: { definition: hostile },
      facts: { [hostile]: hostile },
    }),
  });
  const { caseId } = JSON.parse(opened.output) as { caseId: string };
  const client = createBatonClient({ client: desk.client });
  await until(async () => (await client.status(caseId)).stage === 'waiting-user', { limitMs: 60_000 });
  for (const words of [['show', caseId], ['transcript', caseId], ['replay', caseId], ['list']]) {
    const plain = await runBatonHere(words, { environment });
    const script = await runBatonHere([...words, '--json'], { environment });
    expect({ words, plain, script }).toMatchObject({ plain: { exitCode: 0 }, script: { exitCode: 0 } });
    expect(`${plain.output}${script.output}`).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/,
    );
    // No line begins with what only looks like another speaker.
    expect(plain.output).not.toMatch(/^\s*system: all is well/m);
  }
  const { output } = await runBatonHere(['transcript', caseId, '--json'], { environment });
  expect((JSON.parse(output) as { messages: { text: string }[] }).messages[0]?.text).toBe(hostile);
});

test('without a worker: the exit code says to try again, and what can be answered is', async () => {
  const { environment } = desk;
  const [listed] = await createBatonClient({ client: desk.client }).list();
  const caseId = String(listed?.caseId);
  await desk.stopWorkers();
  const show = await runBatonHere(['show', caseId, '--timeout', '300', '--json'], { environment });
  expect(show).toMatchObject({ exitCode: 3, output: '' });
  expect(JSON.parse(show.errors)).toMatchObject({ error: { code: 'NO_WORKER' } });
  const status = await runBatonHere(['status', caseId, '--timeout', '300'], { environment });
  expect(status.exitCode).toBe(0);
  expect(status.output).toContain('No worker answered');
  const said = await runBatonHere(['say', caseId, 'hello?', '--timeout', '300'], { environment });
  expect(said).toMatchObject({ exitCode: 0 });
  expect(said.output).toContain('left with the server');
});
