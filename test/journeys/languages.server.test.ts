/**
 * Agents of four languages hand a case round in a ring: every slot arrives as it was written, to the byte, in all 22
 * scheduled languages of India (X7), and users are told in their language whether an AI or a human speaks (U4).
 */
import { z } from 'zod';
import type { Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { disclosureMessage } from '../../contract/continuity.ts';
import type { JsonObject } from '../../contract/json.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { SCHEDULED_LANGUAGES } from '../support/scheduled-languages.ts';

/** What text can do to whoever handles it carelessly: direction, joiners, composed and decomposed, astral. */
const AWKWARD = {
  bidi: 'order \u2067הזמנה 42\u2069 \u202Bمیرے\u202C end\u200F',
  emoji: '👩🏽‍🚒🇮🇳🏳️‍🌈👨‍👩‍👧‍👦',
  joiners: 'क्\u200Dष क्\u200Cष শ্র\u200Dী',
  composed: 'é ஔ ொ',
  decomposed: 'e\u0301 ஒள ெ\u0BBE',
  digits: '०१२३ ௧௨௩ ౧౨౩ ۱۲۳',
};
const slots: Readonly<Record<string, string>> = { ...SCHEDULED_LANGUAGES, ...AWKWARD };
const Slots = z.object(Object.fromEntries(Object.keys(slots).map((name) => [name, z.string()])));

const pool = unique('pool');
const arrived = new Map<string, JsonObject>();
const heard = new Map<string, string | undefined>();

const speaker = (name: string, next: string): ReturnType<typeof agent> =>
  agent(
    name,
    pool,
    (turn: Turn<JsonObject>) => {
      arrived.set(name, turn.facts);
      heard.set(name, turn.language);
      const ended = turn.unanswered.at(-1)?.text === 'end';
      if (ended) return finish('done', 'வணக்கம்');
      if (turn.transfer?.to === 'english') return reply('நன்றி, எல்லாம் வந்து சேர்ந்தது');
      return transfer(next, {});
    },
    { accepts: Slots },
  );
const english = speaker('english', 'hindi');
const hindi = speaker('hindi', 'tamil');
const tamil = speaker('tamil', 'telugu');
const telugu = speaker('telugu', 'english');
const team = defineTeam({
  name: unique('ring'),
  start: english,
  disclosure: 'required',
  edges: [
    edge(english, hindi),
    edge(hindi, tamil),
    edge(tamil, telugu),
    edge(telugu, english),
    escalate(english, people('desk', { ann: { roles: [] } })),
  ],
});

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team] });
});
afterAll(() => bed.close());

test('every slot arrives at every agent of the ring as it was written, to the byte', async () => {
  const driver = await openCase(bed, team, {
    facts: slots,
    message: { id: 'first', text: String(slots['ta']) },
  });
  const view = await driver.until((one) => one.stage === 'waiting-user');
  expect(view.path).toEqual(['english', 'hindi', 'tamil', 'telugu', 'english']);
  for (const name of ['english', 'hindi', 'tamil', 'telugu'])
    for (const [slot, text] of Object.entries(slots))
      expect([name, slot, Buffer.from(JSON.stringify(arrived.get(name)?.[slot])).toString('hex')]).toEqual([
        name,
        slot,
        Buffer.from(JSON.stringify(text)).toString('hex'),
      ]);
  // Nobody said which language the user prefers: it is read from what they write.
  expect(heard.get('english')).toBe('ta');
  expect(view.transcript[0]?.text).toBe(slots['ta']);

  // Told once, in Tamil, before the AI's first words, and as a typed message.
  const disclosures = view.transcript.filter((one) => one.disclosure !== undefined);
  expect(disclosures).toEqual([
    expect.objectContaining({
      from: { kind: 'system' },
      disclosure: 'ai',
      text: disclosureMessage('ai', 'ta'),
    }),
  ]);
  const spoken = view.transcript.findIndex((one) => one.from.kind === 'agent');
  expect(view.transcript.findIndex((one) => one.disclosure === 'ai')).toBeLessThan(spoken);

  // A human takes over, speaks, and gives back: the user is told both times.
  await driver.send(MESSAGES.askForHuman, {});
  await driver.until((one) => one.waitingOn === 'people:desk');
  await driver.send(MESSAGES.reply, { by: 'ann', messageId: 'r-1', text: 'Hello, this is Ann' });
  await driver.send(MESSAGES.giveBack, { by: 'ann', note: 'go on' });
  await driver.until((one) => one.owner === 'english' && one.stage === 'waiting-user');
  await driver.say('end');
  await driver.result();
  const told = (await driver.view()).transcript.filter((one) => one.disclosure !== undefined);
  expect(told.map((one) => [one.disclosure, one.text])).toEqual([
    ['ai', disclosureMessage('ai', 'ta')],
    ['human', disclosureMessage('human', 'ta')],
    ['ai', disclosureMessage('ai', 'ta')],
  ]);
  const rows = await driver.rows();
  expect(rows.filter((row) => row.content['disclosure'] !== undefined).map((row) => row.kind)).toEqual([
    'message-sent',
    'message-sent',
    'message-sent',
  ]);
  expect(rows.find((row) => row.kind === 'turn-completed')?.content['language']).toBe('ta');
});

test('whoever prefers a language is spoken to in it, whatever they write', async () => {
  const driver = await openCase(bed, team, {
    facts: slots,
    user: { id: 'u', locale: 'te-IN', preferences: { largeType: true } },
    message: { id: 'first', text: 'I was charged twice for my order last week' },
  });
  const view = await driver.until((one) => one.stage === 'waiting-user');
  expect(heard.get('english')).toBe('en');
  expect(view.transcript.find((one) => one.disclosure === 'ai')?.text).toBe(disclosureMessage('ai', 'te-IN'));
  await driver.say('end');
  await driver.result();
});
