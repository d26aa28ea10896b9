/** What is missing is asked for before anybody works, and shown at every door while the user is waited for (U13). */
import path from 'node:path';
import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import type { JsonObject } from '../../contract/json.ts';
import { createService } from '../../service/http/create-service.ts';
import { runBatonHere } from '../command/run-here.ts';
import { accessForAll, keyOf } from '../service/principals.ts';
import { readEvents } from '../service/read-events.ts';
import { agent, call, finish, transfer } from '../support/agents.ts';
import { unique, type Bed } from '../support/bed.ts';
import type { CaseDriver } from '../support/case-driver.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const desk = people('desk', { bob: { roles: ['lead'] } });
const Refund = z.object({ order: z.string().regex(/^O-\d+$/), reason: z.enum(['broken', 'late']) });

/** Turns that agents were asked to take, and refunds, by case. */
const worked = new Map<string, string[]>();
const note = (caseId: string, what: string): void => {
  worked.set(caseId, [...(worked.get(caseId) ?? []), what]);
};

const refund = defineTool<z.output<typeof Refund>>({
  name: 'refund',
  description: 'Pays back',
  input: Refund,
  effect: 'write',
  run: ({ caseId, input }) => {
    note(caseId, `refund ${input.order} ${input.reason}`);
    return Promise.resolve({ kind: 'done', result: { paid: true } });
  },
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const billing = agent(
  'billing',
  pool,
  (turn) => {
    note(turn.caseId, 'billing');
    return turn.answers.length > 0
      ? finish('paid', 'It is on its way.')
      : call({ tool: 'refund', arguments: turn.facts as { order: string; reason: string } });
  },
  {
    accepts: Refund as unknown as z.ZodType<JsonObject>,
    tools: [refund],
    needs: {
      order: {
        question: { en: 'Which order is it?', hi: 'कौन सा ऑर्डर है?' },
        why: { en: 'The refund is booked on it.', hi: 'पैसे उसी पर लौटते हैं।' },
        read: ({ text }) => /\bO-\d+\b/.exec(text)?.[0],
      },
      reason: { question: 'Was it broken or late?', why: 'They are paid from different accounts.' },
    },
  },
);
const triage = agent('triage', pool, (turn) => {
  note(turn.caseId, 'triage');
  return transfer('billing', {});
});
const team = defineTeam({
  name: unique('needy'),
  start: triage,
  edges: [edge(triage, billing), escalate(billing, desk)],
  limits: { clarifications: 2 },
});

const missingOf = (view: { readonly missing?: readonly { readonly fact: string }[] }): readonly string[] =>
  (view.missing ?? []).map((one) => one.fact);

async function asked(driver: CaseDriver, ...facts: readonly string[]): Promise<void> {
  await driver.until((view) => missingOf(view).join() === facts.join());
}

/** What every door says of a case that waits for two facts. */
async function expectShown(bed: Bed, caseId: string): Promise<void> {
  const baton = createBatonClient({ client: bed.client, ledger: bed.ledger });
  const missing = [
    { fact: 'order', question: 'Which order is it?', why: 'The refund is booked on it.' },
    { fact: 'reason', question: 'Was it broken or late?', why: 'They are paid from different accounts.' },
  ];
  expect(await baton.status(caseId)).toMatchObject({ waitingOn: 'user', owner: 'billing', missing });
  expect((await baton.show(caseId)).missing).toEqual(missing);
  expect((await baton.transcript(caseId)).at(-1)).toMatchObject({ from: { kind: 'system' }, missing });
  const environment = {
    TEMPORAL_ADDRESS: String(process.env['TEMPORAL_ADDRESS']),
    BATON_LEDGER_URL: `file:${path.join(bed.folder, 'ledger.db')}`,
  };
  const status = await runBatonHere(['status', caseId], { environment });
  expect(status.output).toContain(
    'order: Which order is it? (The refund is booked on it.); reason: Was it broken or late?',
  );
  const transcript = await runBatonHere(['transcript', caseId], { environment });
  expect(transcript.output).toContain('(asks for order, reason)');
  const app = await createService({ baton, access: accessForAll() });
  try {
    const headers = { authorization: `Bearer ${keyOf('shop')}` };
    const over = await app.inject({ url: `/cases/${caseId}`, headers });
    expect(over.json()).toMatchObject({ missing });
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const reader = await readEvents(`${address}/cases/${caseId}/events`, headers);
    const came = await reader.readUntil(
      ({ data }) =>
        Array.isArray((data['content'] as JsonObject)['missing']) && data['message'] !== undefined,
    );
    expect(came.at(-1)).toMatchObject({
      event: 'message-sent',
      data: { content: { missing: ['order', 'reason'] }, message: { missing } },
    });
    reader.leave();
  } finally {
    await app.close();
  }
}

const journeys: readonly Journey[] = [
  {
    name: 'a vague request is clarified before anything is done, and every door shows what is missing',
    team,
    play: async ({ bed, open, caching }) => {
      const driver = await open({ message: { id: 'm-1', text: 'I want my money back' } });
      await asked(driver, 'order', 'reason');
      expect(worked.get(driver.id)).toEqual(['triage']);
      if (caching === 'cached') await expectShown(bed, driver.id);
      await driver.say('It is O-17, and it came broken.');
      expect(await driver.result()).toMatchObject({ outcome: { kind: 'finished', outcome: 'paid' } });
      expect(worked.get(driver.id)).toEqual(['triage', 'billing', 'refund O-17 broken', 'billing']);
      const view = await driver.view();
      expect(view.missing).toBeUndefined();
      expect(view.facts).toMatchObject({ order: 'O-17', reason: 'broken' });
      const rows = await driver.rows();
      expect(rows.filter(({ kind }) => kind === 'facts-missing')).toMatchObject([
        { owner: 'billing', content: { missing: ['order', 'reason'], told: [], times: 1 } },
      ]);
    },
  },
  {
    name: 'what a user has said already is not asked for, and a form may answer',
    team,
    play: async ({ open }) => {
      const driver = await open({ message: { id: 'm-1', text: 'money back for O-4, please' } });
      await asked(driver, 'reason');
      await driver.say('reason: late');
      await driver.result();
      expect(worked.get(driver.id)).toContain('refund O-4 late');
    },
  },
  {
    name: 'it is asked in the language of the user',
    team,
    play: async ({ open }) => {
      const driver = await open({ message: { id: 'm-1', text: 'मुझे अपने पैसे वापस चाहिए' } });
      await asked(driver, 'order', 'reason');
      const { transcript } = await driver.view();
      expect(transcript.at(-1)?.text).toContain('आगे बढ़ने से पहले मुझे यह जानना है:\n- कौन सा ऑर्डर है?');
      await driver.say('O-5 late');
      await driver.result();
    },
  },
  {
    name: 'answers that are none come to people, who know what was told and what was asked for in vain',
    team,
    play: async ({ open, bed }) => {
      const driver = await open({ message: { id: 'm-1', text: 'money back' } });
      await asked(driver, 'order', 'reason');
      await driver.say('__proto__: {"order":"O-"}');
      await driver.until((view) => view.transcript.filter((one) => one.missing).length === 2);
      await driver.say('reason: stolen');
      await driver.until((view) => view.stage === 'human');
      const view = await driver.view();
      expect(view.handoffs.at(-1)).toMatchObject({
        to: 'people:desk',
        reasonCode: 'facts-missing',
        explanation: 'the user was asked 2 times in vain for order, reason',
      });
      expect(worked.get(driver.id)).toEqual(['triage']);
      const baton = createBatonClient({ client: bed.client, ledger: bed.ledger });
      await baton.claim(driver.id, { by: 'bob' });
      await baton.resolve(driver.id, { by: 'bob', outcome: 'called', note: 'by phone' });
      await driver.result();
    },
  },
];

playJourneys(journeys);
