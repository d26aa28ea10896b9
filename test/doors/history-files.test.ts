import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runBatonHere } from '../command/run-here.ts';
import { HOSTILE, tryDoor, type Cell, type Told } from './row.ts';

const recorded = path.resolve(import.meta.dirname, '../histories/0.1.0/unclear.json');
let folder: string;
let good: string;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  folder = await mkdtemp(path.join(tmpdir(), 'baton-histories-'));
  good = await readFile(recorded, 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);

async function refused(name: string, content?: string): Promise<Told> {
  if (content !== undefined) await writeFile(at(name), content);
  const plain = await runBatonHere(['replay', '--file', at(name)]);
  const script = await runBatonHere(['replay', '--file', at(name), '--json']);
  expect([plain.exitCode, plain.output, script.exitCode, script.output]).toEqual([2, '', 2, '']);
  return (JSON.parse(script.errors) as { error: Told }).error;
}

/** Replays a history, and brings back what people are shown. */
async function replayed(name: string, content: string): Promise<string> {
  await writeFile(at(name), content);
  const { exitCode, output, errors } = await runBatonHere(['replay', '--file', at(name)]);
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  expect(output).toContain('plain replay: the same');
  expect(output).toContain('strict replay: the same');
  return output;
}

/** Histories may be as large as the server lets them be: the file grows where a replay does not look. */
const large = (megabytes: number): Cell => ({
  shown: () =>
    replayed(
      `large-${String(megabytes)}.json`,
      good.replace('"identity":"recorded"', `"identity":"${'x'.repeat(megabytes * 1_000_000)}"`),
    ),
});
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const refusedAs = (name: string, content: () => string, names: string | RegExp): Cell => ({
  knock: () => refused(name, content()),
  code: 'HISTORY_UNREADABLE',
  names,
});

tryDoor(
  'history files',
  {
    missing: {
      knock: () => refused('nowhere.json'),
      code: 'HISTORY_UNREADABLE',
      names: 'nowhere.json',
    },
    'wrong type': refusedAs('type.json', () => '{"events":{"eventId":1}}', 'no list of events'),
    'unknown version': refusedAs(
      'later.json',
      () => good.replace('"workflowType":{"name":"baton-case"}', '"workflowType":{"name":"baton-case-2"}'),
      'baton-case-2',
    ),
    '2.5 MB': large(2.5),
    '5 MB': large(5),
    undecodable: refusedAs(
      'encrypted.json',
      () => good.replaceAll(base64('json/plain'), base64('binary/encrypted')),
      'BATON_CODEC_KEYS',
    ),
    'hostile text': {
      shown: async () => {
        const words = JSON.stringify(HOSTILE).slice(1, -1);
        const json = JSON.parse(good) as unknown;
        await writeFile(
          at('hostile.json'),
          JSON.stringify(json, (_name, value: unknown) => hostile(value, words)),
        );
        // Other words have other digests: the replay says what differs, and quotes both.
        const plain = await runBatonHere(['replay', '--file', at('hostile.json')]);
        const script = await runBatonHere(['replay', '--file', at('hostile.json'), '--json']);
        expect([plain.exitCode, script.exitCode]).toEqual([1, 1]);
        expect(plain.output).toContain('strict replay: DIVERGED');
        expect(plain.output).toContain('http://evil');
        return `${plain.output}${script.output}`;
      },
    },
  },
  () => replayed('good.json', good),
);

/** Puts hostile words in place of the user's own, wherever a payload quotes them. */
function hostile(value: unknown, words: string): unknown {
  if (typeof value !== 'object' || value === null || !('data' in value) || typeof value.data !== 'string')
    return value;
  const text = Buffer.from(value.data, 'base64').toString();
  return { ...value, data: base64(text.replaceAll('It is about the blue one.', words)) };
}
