import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { onPath } from '../../scripts/run.ts';
import { until } from '../../scripts/ports.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { quietRuntime } from '../support/bed.ts';
import { endChild, startChild, type Child } from '../support/child.ts';

const script = onPath('script', process.env);
// Its options are those of util-linux; elsewhere there is a program of that name which takes others.
const why =
  process.platform !== 'linux' ? 'not on Linux' : script === undefined ? 'there is no `script`' : '';
const atTerminal = why === '' ? describe : describe.skip;

let desk: RunningDesk;
let client: BatonClient;
let folder: string;

beforeAll(async () => {
  quietRuntime();
  desk = await startDesk();
  client = createBatonClient({ client: desk.client, ledger: desk.ledger });
  folder = await mkdtemp(path.join(tmpdir(), 'baton-terminal-'));
});
afterAll(async () => {
  await desk.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A case that waits for a person's yes to a refund. */
async function waitingCase(caseId: string): Promise<void> {
  await client.open(
    { team: 'test-desk', task: { definition: 'pay me back' }, message: { id: 'm', text: 'billing O-1' } },
    { caseId },
  );
  const owned = async (): Promise<boolean> => {
    const { owner, stage } = await client.status(caseId);
    return owner === 'billing' && stage === 'waiting-user';
  };
  expect(await until(owned, { limitMs: 60_000 })).toBe(true);
  await client.say(caseId, { messageId: 'm2', text: 'refund 400' });
  const waits = async (): Promise<boolean> => (await client.status(caseId)).stage === 'waiting-person';
  expect(await until(waits, { limitMs: 60_000 })).toBe(true);
}

/** Runs `baton` at a pseudo-terminal of its own. */
function atPseudoTerminal(words: readonly string[]): Child {
  const program = path.resolve(import.meta.dirname, '../../bin/baton.js');
  const line = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
  // A new terminal has no width, and prompts would be wrapped after every letter.
  const sized = `stty columns 100 rows 40; exec ${line}`;
  return startChild(String(script), ['--quiet', '--return', '--command', sized, '/dev/null'], {
    folder,
    environment: { ...process.env, ...desk.environment, TERM: 'xterm' },
  });
}

/** What is left of a terminal's output without its colours and movements. */
function plain(child: Child): string {
  return child.output().replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, '');
}

atTerminal(`\`baton decide\` at a terminal${why === '' ? '' : ` (skipped: ${why})`}`, () => {
  test('shows the review and asks whether it is meant; leaving it decides nothing', async () => {
    await waitingCase('terminal-1');
    const baton = atPseudoTerminal([
      'decide',
      'terminal-1',
      'r1',
      '--approve',
      '--by',
      'ann',
      '--reason',
      'fair',
    ]);
    try {
      await baton.writes(/approve, by ann\?/);
      expect(plain(baton)).toContain('Refund to the customer?');
      expect(plain(baton)).toContain('400');
      // No is what is chosen until somebody says otherwise.
      baton.types('\r');
      expect(await baton.ended).toBe(1);
      expect(plain(baton)).toContain('nothing was decided');
    } finally {
      await endChild(baton);
    }
    expect((await client.show('terminal-1')).reviews[0]?.status).toBe('open');
  });

  test('asks for what the command does not say, and decides on a yes', async () => {
    await waitingCase('terminal-2');
    const baton = atPseudoTerminal(['decide', 'terminal-2', 'r1']);
    try {
      await baton.writes(/Your decision on exactly what is shown above\?/);
      // Down from reject to approve.
      baton.types('\u001B[B\r');
      await baton.writes(/Who decides\?/);
      baton.types('ann\r');
      await baton.writes(/Why\?/);
      baton.types('fair\r');
      await baton.writes(/approve, by ann\?/);
      baton.types('y');
      expect(await baton.ended).toBe(0);
    } finally {
      await endChild(baton);
    }
    const [review] = (await client.show('terminal-2')).reviews;
    expect(review).toMatchObject({ status: 'approved', decision: { by: 'ann', reason: 'fair' } });
  });

  test('is left by Ctrl-C, and nothing was decided', async () => {
    await waitingCase('terminal-3');
    const baton = atPseudoTerminal(['decide', 'terminal-3', 'r1']);
    try {
      await baton.writes(/Your decision on exactly what is shown above\?/);
      baton.types('\u0003');
      expect(await baton.ended).not.toBe(0);
    } finally {
      await endChild(baton);
    }
    expect((await client.show('terminal-3')).reviews[0]?.status).toBe('open');
  });
});
