/**
 * Written, spoken and file turns are one history: every owner sees them, views cut them, walls mask them, and what
 * lies elsewhere is out of reach behind a wall (X9, X5).
 */
import type { Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { createBatonClient } from '../../client/index.ts';
import type { Message } from '../../contract/conversation.ts';
import type { JsonObject } from '../../contract/json.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { runBatonHere } from '../command/run-here.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { memoryContext } from '../support/memory-context.ts';

const stored = {
  mediaType: 'image/png',
  bytes: 48_211,
  digest: 'ab'.repeat(32),
  uri: 'https://files.example.com/1',
};
const file = { name: 'card of ann@example.com.png', ...stored };
const voice = { confidence: 0.81, durationMs: 4_200, audio: { ...stored, mediaType: 'audio/ogg' } };

const pool = unique('pool');
const seen = new Map<string, readonly Message[]>();
const summaries: string[] = [];
const listening = (name: string, next?: string): ((turn: Turn<JsonObject>) => ReturnType<typeof reply>) => {
  return (turn) => {
    seen.set(name, turn.conversation);
    if (turn.transfer?.summary) summaries.push(...turn.transfer.summary.inputs);
    const last = turn.unanswered.at(-1)?.text;
    if (last === 'end') return finish();
    return next !== undefined && last === `to ${next}` ? transfer(next) : reply(`${name} heard`);
  };
};
const front = agent('front', pool, listening('front', 'filtering'));
const filtering = agent('filtering', pool, listening('filtering', 'legal'));
const legal = agent('legal', pool, listening('legal'), { domain: 'law' });
const team = defineTeam({
  name: unique('kinds'),
  start: front,
  edges: [
    edge(front, filtering, {
      context: { summary: true, conversation: { kind: 'filtered', from: ['user'], last: 2 } },
    }),
    edge(filtering, legal),
    escalate(front, people('desk', { ann: { roles: [] } })),
  ],
});

let bed: Bed;
const context = memoryContext();
beforeAll(async () => {
  bed = await openBed({ teams: [team], context });
});
afterAll(() => bed.close());

async function waits(driver: CaseDriver, owner: string, messages: number): Promise<void> {
  await driver.until(
    (one) => one.owner === owner && one.stage === 'waiting-user' && one.transcript.length >= messages,
  );
}

test('each kind arrives whole, survives transfers and views, and is masked behind a wall', async () => {
  const driver = await openCase(bed, team, {
    message: { id: 'first', kind: 'voice', text: 'my card 4111 1111 1111 1111 was charged', voice },
  });
  await waits(driver, 'front', 2);
  expect(seen.get('front')?.[0]).toMatchObject({
    kind: 'voice',
    voice,
    text: expect.stringContaining('4111') as string,
  });

  const baton = createBatonClient({ client: bed.client });
  const handed = { messageId: 'f', kind: 'file', text: 'here it is', file } as const;
  expect(await baton.say(driver.id, handed)).toMatchObject({ repeated: false });
  expect(await driver.send(MESSAGES.say, handed)).toMatchObject({ repeated: true });
  const other = { ...handed, file: { ...file, digest: 'cd'.repeat(32) } };
  await expect(baton.say(driver.id, other)).rejects.toMatchObject({ code: 'MESSAGE_CONFLICT' });
  await waits(driver, 'front', 4);

  await driver.say('to filtering');
  await waits(driver, 'filtering', 6);
  // The last two of the user, in their kinds; the boundary's summary has the rest in words.
  const filtered = seen.get('filtering')?.filter((one) => one.from.kind === 'user');
  expect(filtered?.map((one) => [one.kind, one.text])).toEqual([
    ['file', 'here it is'],
    [undefined, 'to filtering'],
  ]);
  expect(summaries).toContainEqual(`user: [file ${file.name}, image/png, 48211 bytes] here it is`);

  await driver.say('to legal');
  await waits(driver, 'legal', 9);
  const [spoken, , shown] = seen.get('legal') ?? [];
  expect(spoken).toMatchObject({ kind: 'voice', voice: { confidence: 0.81, durationMs: 4_200 } });
  expect(spoken?.text).not.toContain('4111 1111 1111 1111');
  expect(shown).toMatchObject({ kind: 'file', file: { mediaType: 'image/png', bytes: 48_211 } });
  const text = JSON.stringify(seen.get('legal'));
  for (const hidden of [stored.uri, stored.digest, 'ann@example.com']) expect(text).not.toContain(hidden);

  const view = await driver.view();
  expect(view.transcript[0]).toMatchObject({ kind: 'voice', voice });
  expect(view.transcript.find((one) => one.id === 'f')).toMatchObject({ kind: 'file', file });
  expect(context.messagesOf(view.trace).find((one) => one.id === 'f')).toMatchObject({ kind: 'file', file });
  const rows = await driver.rows();
  const kinds = rows.filter((row) => row.kind === 'message-received').map((row) => row.content['kind']);
  expect(kinds).toEqual(['voice', 'file', undefined, undefined]);
  expect(JSON.stringify(rows)).not.toContain(stored.uri);
  await driver.say('end');
  await driver.result();
});

test('`baton say` takes speech and files, shows them, and refuses what is none', async () => {
  const driver = await openCase(bed, team);
  const environment = { TEMPORAL_ADDRESS: String(process.env['TEMPORAL_ADDRESS']) };
  const run = (...words: readonly string[]): ReturnType<typeof runBatonHere> =>
    runBatonHere(words, { environment });
  await waits(driver, 'front', 2);
  const spoken = await run('say', driver.id, 'where is it', '--voice', JSON.stringify(voice), '--json');
  expect(spoken).toMatchObject({ exitCode: 0, errors: '' });
  const handed = await run('say', driver.id, 'the receipt', '--attach', JSON.stringify(file));
  expect(handed).toMatchObject({ exitCode: 0, errors: '' });
  const { output } = await run('transcript', driver.id);
  expect(output).toContain('(spoken, 4.2 s, confidence 0.81, https://files.example.com/1)');
  expect(output).toContain('[file card of ann@example.com.png, image/png, 48211 bytes] the receipt');
  for (const [option, json, field] of [
    ['--voice', { ...voice, confidence: 7 }, 'message.voice.confidence'],
    ['--attach', { ...file, uri: 'data:,x' }, 'message.file.uri'],
  ] as const) {
    const refused = await run('say', driver.id, 'x', option, JSON.stringify(json), '--json');
    expect(refused.exitCode).toBe(2);
    expect(JSON.parse(refused.errors)).toMatchObject({ error: { code: 'INPUT_INVALID', field } });
  }
  const both = await run('say', driver.id, 'x', '--voice', '{}', '--attach', '{}');
  expect(both.exitCode).toBe(2);
  await driver.say('end');
  await driver.result();
});
