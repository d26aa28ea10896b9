import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { historyText } from '../support/ledger-of-history.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] }, bob: { roles: [] } });

function chain(): Journey {
  const legal = agent('legal', pool, (turn) =>
    finish('settled', `legal knows ${JSON.stringify(turn.facts)}`),
  );
  const billing = agent('billing', pool, () => transfer('legal', { topic: 'refund', order: 'A1' }));
  const triage = agent('triage', pool, () =>
    transfer('billing', { topic: 'charge', secret: 'stays behind' }),
  );
  const team = defineTeam({
    name: unique('chain'),
    start: triage,
    edges: [edge(triage, billing), edge(billing, legal), escalate(legal, desk)],
  });
  return {
    name: 'a case goes from agent to agent and ends',
    team,
    play: async ({ open, bed }) => {
      const driver = await open();
      const result = await driver.result();
      expect(result).toMatchObject({
        outcome: { kind: 'finished', outcome: 'settled' },
        path: ['triage', 'billing', 'legal'],
        hops: 2,
        saga: 'kept',
      });
      const view = await driver.view();
      expect(view.transcript.at(-1)?.text).toBe('legal knows {"topic":"refund","order":"A1"}');
      expect(view.handoffs.map((one) => one.dropped)).toEqual([['secret'], []]);
      expect(view.handoffs.map((one) => one.status)).toEqual(['completed', 'completed']);
      expect(await historyText(bed.client, driver.id)).not.toContain('stays behind');
    },
  };
}

function conversation(): Journey {
  const only = agent('only', pool, (turn) =>
    turn.unanswered.some((message) => message.text === 'bye')
      ? finish()
      : reply(`heard ${String(turn.unanswered.at(-1)?.text)}`),
  );
  const team = defineTeam({ name: unique('talk'), start: only, edges: [escalate(only, desk)] });
  return {
    name: 'a conversation with one agent',
    team,
    play: async ({ open }) => {
      const driver = await open();
      await driver.until((view) => view.stage === 'waiting-user');
      await driver.say('one');
      await driver.until((view) => view.transcript.at(-1)?.text === 'heard one');
      await driver.say('bye');
      await driver.result();
    },
  };
}

playJourneys([chain(), conversation()]);
