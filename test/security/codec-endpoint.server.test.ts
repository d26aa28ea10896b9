/** `baton codec` and the real `temporal` command: clear text for whoever has the token, ciphertext for all others. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { freePort } from '../../scripts/ports.ts';
import { temporalBinary } from '../../scripts/temporal/binary.ts';
import { codecOfEnvironment } from '../../security/index.ts';
import { agent, finish } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { keyRingText } from './key-rings.ts';

const TOKEN = 'random-token-of-ann';
const keys = { BATON_CODEC_KEYS: keyRingText({ encryptWith: 'k1', active: ['k1'] }) };
const access = {
  version: '1.0.0',
  people: [{ name: 'ann', tokenSha256: createHash('sha256').update(TOKEN).digest('hex') }],
};

const only = agent('only', unique('pool'), () => finish('done', 'canary-answer-81'));
const team = defineTeam({
  name: unique('codec'),
  start: only,
  edges: [escalate(only, people('desk', { ann: { roles: [] } }))],
});

let bed: Bed;
let caseId: string;
let endpoint: ChildProcess;
let address: string;
let log = '';
beforeAll(async () => {
  const codec = codecOfEnvironment(keys);
  if (!codec) throw new Error('no codec');
  bed = await openBed({ teams: [team], codec });
  const driver = await openCase(bed, team, { message: { id: 'm', text: 'canary-question-17' } });
  await driver.result();
  caseId = driver.id;
  const port = await freePort();
  address = `http://127.0.0.1:${String(port)}`;
  endpoint = spawn(
    process.execPath,
    [path.resolve('bin/baton.js'), 'codec', '--port', String(port), '--access', JSON.stringify(access)],
    { env: { ...process.env, ...keys }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  endpoint.stderr?.on('data', (data) => (log += String(data)));
  const [said] = (await once(endpoint.stdout ?? endpoint, 'data')) as [Buffer];
  expect(said.toString()).toContain(`${address}/sign-in`);
});
afterAll(async () => {
  const ended = once(endpoint, 'exit');
  endpoint.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await bed.close();
});

async function show(...more: readonly string[]): Promise<string> {
  const server = String(process.env['TEMPORAL_ADDRESS']);
  const temporal = await temporalBinary(process.env, () => undefined);
  const { stdout, stderr } = await promisify(execFile)(
    temporal,
    ['workflow', 'show', '-w', caseId, '--output', 'json', '--address', server, ...more],
    { maxBuffer: 64 * 1024 * 1024 },
  ).catch((thrown: unknown) => thrown as { stdout: string; stderr: string });
  return `${stdout}${stderr}`;
}

/** What the output says, payloads decoded from base64 too. */
function everyText(output: string): string {
  return output.replace(
    /"([A-Za-z0-9+/]{8,}={0,2})"/g,
    (whole, text: string) => `${whole} ${Buffer.from(text, 'base64').toString('utf8')}`,
  );
}

test('with the token the command shows clear text, and the endpoint records who saw it', async () => {
  const shown = everyText(await show('--codec-endpoint', address, '--codec-auth', `Bearer ${TOKEN}`));
  expect(shown).toContain('canary-question-17');
  expect(shown).toContain('canary-answer-81');
  expect(log).toContain('"who":"ann"');
  expect(log).not.toContain('canary');
  expect(log).not.toContain(TOKEN);
});

test('without it, or without the endpoint, it does not', async () => {
  // The command asks again until its own time is over.
  const wrong = ['--codec-endpoint', address, '--codec-auth', 'Bearer wrong', '--command-timeout', '2s'];
  const refused = everyText(await show(...wrong));
  expect(refused).toContain('Error');
  expect(refused).not.toContain('canary');
  const sealed = everyText(await show());
  expect(sealed).toContain('binary/encrypted');
  expect(sealed).not.toContain('canary');
});
