import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBatonClient } from '../../client/baton-client.ts';
import { until } from '../../scripts/ports.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { runBatonHere } from '../command/run-here.ts';
import { quietRuntime } from '../support/bed.ts';
import { HOSTILE, tryDoor, type Cell, type Told } from './row.ts';

let desk: RunningDesk;
let folder: string;
let caseId: string;

beforeAll(async () => {
  quietRuntime();
  desk = await startDesk();
  folder = await mkdtemp(path.join(tmpdir(), 'baton-doors-'));
  const opened = await run('open', '--team', 'test-desk', '--task', 'x', '--json');
  caseId = (JSON.parse(opened) as { caseId: string }).caseId;
});
afterAll(async () => {
  await desk.stop();
  await rm(folder, { recursive: true, force: true });
});

const large = (megabytes: number): string => 'x'.repeat(megabytes * 1_000_000);
const caseOf = (change: object): string =>
  JSON.stringify({ version: '1.0.0', team: 'test-desk', task: { definition: 'x' }, ...change });

async function run(...words: readonly string[]): Promise<string> {
  const { output, errors } = await runBatonHere(words, { environment: desk.environment });
  expect(errors).toBe('');
  return output;
}

/** Runs a command that must be refused, for people and for scripts. */
async function refused(words: readonly string[], input?: string): Promise<Told> {
  const options = { environment: desk.environment, ...(input === undefined ? {} : { input }) };
  const plain = await runBatonHere(words, options);
  const script = await runBatonHere([...words, '--json'], options);
  expect([plain.exitCode, plain.output, script.exitCode, script.output]).toEqual([2, '', 2, '']);
  expect(`${plain.errors}${script.errors}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  return (JSON.parse(script.errors) as { error: Told }).error;
}

/** What people are shown of a case, in every view of it. */
async function shown(): Promise<string> {
  const views = [['show', caseId], ['transcript', caseId], ['replay', caseId], ['list']];
  const texts: string[] = [];
  for (const words of views) texts.push(await run(...words), await run(...words, '--json'));
  const all = texts.join('');
  // No line begins with what only looks like another speaker.
  expect(all).not.toMatch(/^\s*system: all is well/m);
  return all;
}

const say = (megabytes: number): Cell => ({
  knock: () => refused(['say', caseId, '-'], large(megabytes)),
  code: 'INPUT_TOO_LARGE',
  names: 'message',
});
const file = (name: string, content: string | Buffer): (() => Promise<Told>) => {
  return async () => {
    await writeFile(path.join(folder, name), content);
    return refused(['open', '--file', path.join(folder, name)]);
  };
};
const words = (text: string): Promise<string> => run('say', caseId, text);

tryDoor(
  'command line',
  {
    missing: {
      knock: () => refused(['claim', caseId]),
      code: 'INPUT_INVALID',
      names: '--by',
      remedy: '(see baton --help)',
    },
    'wrong type': {
      knock: () => refused(['list', '--limit', 'many']),
      code: 'INPUT_INVALID',
      names: '--limit',
      remedy: 'takes a whole number above 0',
    },
    'unknown version': {
      knock: () => refused(['open', '--file', '-'], caseOf({ version: '9.0.0' })),
      code: 'VERSION_UNSUPPORTED',
      names: 'supported: 1.0.0',
    },
    '2.5 MB': say(2.5),
    '5 MB': say(5),
    undecodable: {
      knock: () => refused(['open', '--team', 't', '--task', 'x', '--facts', '{']),
      code: 'INPUT_INVALID',
      names: '--facts',
    },
    'hostile text': {
      shown: async () => {
        await words(HOSTILE);
        const last = async (): Promise<string | undefined> =>
          (await createBatonClient({ client: desk.client }).transcript(caseId)).find(
            (one) => one.text === HOSTILE,
          )?.text;
        // Kept as it was said, and shown as words.
        expect(await until(async () => (await last()) === HOSTILE, { limitMs: 60_000 })).toBe(true);
        return shown();
      },
    },
  },
  () => words('still there?'),
);

tryDoor(
  'files given to the command line',
  {
    missing: {
      knock: () => refused(['open', '--file', path.join(folder, 'nowhere.json')]),
      code: 'INPUT_INVALID',
      names: 'nowhere.json',
    },
    'wrong type': {
      knock: file('task.json', caseOf({ task: 7 })),
      code: 'INPUT_INVALID',
      names: 'case.task',
    },
    'unknown version': {
      knock: file('version.json', caseOf({ version: '9.0.0' })),
      code: 'VERSION_UNSUPPORTED',
      names: 'case.version',
    },
    '2.5 MB': {
      knock: file('large.json', caseOf({ facts: { a: large(2.5) } })),
      code: 'INPUT_TOO_LARGE',
      names: 'case',
    },
    '5 MB': {
      knock: file('larger.json', caseOf({ facts: { a: large(5) } })),
      code: 'INPUT_TOO_LARGE',
      names: 'case',
    },
    undecodable: {
      knock: file('bytes.json', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x9b])),
      code: 'INPUT_INVALID',
      names: 'bytes.json is not JSON',
    },
    'hostile text': {
      knock: file('hostile.json', caseOf({ facts: { [HOSTILE]: 'half a character: \ud83d' } })),
      code: 'INPUT_INVALID',
      names: 'http://evil',
    },
  },
  async () => {
    await writeFile(path.join(folder, 'good.json'), caseOf({}));
    await run('open', '--file', path.join(folder, 'good.json'));
  },
);
