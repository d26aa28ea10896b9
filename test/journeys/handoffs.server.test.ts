import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { historyText } from '../support/ledger-of-history.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const nobody = unique('nobody');
const desk = people('desk', { ann: { roles: ['lead'] }, bob: { roles: [] } });
const correction = { by: 'ann', reason: 'the worker is back' };

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
      expect(await driver.result()).toMatchObject({
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

function giveAndReturn(): Journey {
  const billing = agent('billing', pool, () => ({
    intent: { kind: 'return', reasonCode: 'not-mine', explanation: 'no charge', facts: { order: 'A2' } },
  }));
  const triage = agent('triage', pool, (turn) =>
    turn.transfer?.verb === 'return' ? finish(`back: ${turn.transfer.reasonCode}`) : transfer('billing'),
  );
  const team = defineTeam({
    name: unique('return'),
    start: triage,
    edges: [edge(triage, billing), escalate(triage, desk)],
  });
  return {
    name: 'a receiver returns the case to its previous owner',
    team,
    play: async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({
        outcome: { outcome: 'back: not-mine' },
        path: ['triage', 'billing', 'triage'],
        hops: 2,
      });
      expect((await driver.view()).handoffs.map((one) => one.status)).toEqual(['returned', 'completed']);
    },
  };
}

function standIn(): Journey {
  const second = agent('second', pool, () => finish('by the stand-in'));
  const first = agent('first', pool, () => finish('never'), { declines: () => 'full' });
  const triage = agent('triage', pool, () => transfer('first', { topic: 'x' }));
  const team = defineTeam({
    name: unique('stand-in'),
    start: triage,
    edges: [edge(triage, first, { fallback: [second] }), edge(triage, second), escalate(triage, desk)],
  });
  return {
    name: 'a receiver declines, and a stand-in takes the case',
    team,
    play: async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'by the stand-in' }, hops: 1 });
      const { handoffs } = await driver.view();
      expect(handoffs.map(({ to, status }) => [to, status])).toEqual([
        ['first', 'declined'],
        ['second', 'completed'],
      ]);
      expect(handoffs[0]?.failure).toMatchObject({ code: 'OFFER_DECLINED' });
      expect(handoffs[0]?.failure?.message).toContain('full');
    },
  };
}

function declinedForGood(): Journey {
  const first = agent('first', pool, () => finish('in the end'), {
    declines: (turn) => (turn.transfer?.flags?.includes('please') === true ? undefined : 'full'),
  });
  const triage = agent('triage', pool, (turn) => ({
    intent: {
      kind: 'transfer',
      to: 'first',
      reasonCode: 'next',
      explanation: turn.notices.map((notice) => notice.kind).join(),
      ...(turn.notices.some((notice) => notice.kind === 'dead-letter-discarded')
        ? { flags: ['please'] }
        : {}),
    },
  }));
  const team = defineTeam({
    name: unique('declined'),
    start: triage,
    edges: [edge(triage, first), escalate(triage, desk)],
    limits: { fallbacks: 1 },
  });
  return {
    name: 'declined again: the source is told, then a dead letter, discarded, and the source goes on',
    team,
    play: async ({ open }) => {
      const driver = await open();
      const parked = await driver.until((view) => view.stage === 'parked');
      expect(parked.owner).toBe('triage');
      expect(parked.deadLetters).toMatchObject([
        { id: 'd1', kind: 'handoff', subject: 'h2', failure: { code: 'OFFER_DECLINED' }, status: 'open' },
      ]);
      expect(parked.handoffs[1]?.explanation).toBe('handoff-failed');
      await driver.send(MESSAGES.discard, { deadLetterId: 'd1', by: 'bob', reason: 'ask nicely' });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'in the end' } });
    },
  };
}

function nobodyPolls(): Journey {
  const absent = agent('absent', nobody, () => finish('never'));
  const backup = agent('backup', pool, () => finish('backed up'));
  const triage = agent('triage', pool, () => transfer('absent', { topic: 'x' }));
  const team = defineTeam({
    name: unique('nobody'),
    start: triage,
    edges: [
      edge(triage, absent, { offerMs: 150, fallback: [backup] }),
      edge(triage, backup),
      escalate(triage, desk),
    ],
  });
  return {
    name: 'F13: nobody polls the receiver, the offer expires, a stand-in takes the case',
    team,
    play: async ({ open }) => {
      const driver = await open();
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'backed up' } });
      const { handoffs } = await driver.view();
      expect(handoffs.map((one) => one.status)).toEqual(['expired', 'completed']);
      expect(handoffs[0]?.failure?.code).toBe('OFFER_EXPIRED');
    },
  };
}

function nobodyAtAll(): Journey {
  const absent = agent('absent', nobody, () => finish('never'));
  const triage = agent('triage', pool, (turn) =>
    turn.notices.some((notice) => notice.kind === 'dead-letter-discarded')
      ? finish('gave up')
      : transfer('absent'),
  );
  const team = defineTeam({
    name: unique('nobody-at-all'),
    start: triage,
    edges: [edge(triage, absent, { offerMs: 100 }), escalate(triage, desk)],
    limits: { fallbacks: 0 },
  });
  return {
    name: 'F13: with no fallback left an expired offer is a dead letter; redriven it expires again',
    team,
    play: async ({ open }) => {
      const driver = await open();
      await driver.until((view) => view.stage === 'parked');
      await driver.send(MESSAGES.redrive, { deadLetterId: 'd1', ...correction });
      const again = await driver.until((view) => view.deadLetters.length === 2 && view.stage === 'parked');
      expect(again.handoffs.map((one) => [one.id, one.status])).toEqual([['h1', 'dead-lettered']]);
      // Unchanged, a redrive keeps the key.
      expect(again.deadLetters.map((one) => one.subject)).toEqual(['h1', 'h1']);
      await driver.send(MESSAGES.redrive, {
        deadLetterId: 'd2',
        ...correction,
        correction: { topic: 'new' },
      });
      const corrected = await driver.until(
        (view) => view.deadLetters.length === 3 && view.stage === 'parked',
      );
      expect(corrected.handoffs.map((one) => one.status)).toEqual(['withdrawn', 'dead-lettered']);
      expect(new Set(corrected.handoffs.map((one) => one.key)).size).toBe(2);
      await driver.send(MESSAGES.discard, { deadLetterId: 'd3', by: 'ann', reason: 'nobody there' });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'gave up' } });
    },
  };
}

/** The agent insists on a transfer that the guards refuse: one correction, then people (G1, G4). */
function guarded(code: string, to: string, options: { readonly hops?: number } = {}): Journey {
  const other = agent('other', pool, () =>
    code === 'NO_RETURN'
      ? { intent: { kind: 'return', reasonCode: 'no', explanation: '' } }
      : transfer('triage', { topic: 'same' }),
  );
  const island = agent('island', pool, () => finish('never'));
  const triage = agent('triage', pool, () => transfer(to, { topic: 'same' }));
  const team = defineTeam({
    name: unique('guarded'),
    start: triage,
    edges: [
      edge(triage, other, { noReturn: code === 'NO_RETURN' }),
      edge(other, triage),
      edge(other, island),
      escalate(triage, desk),
    ],
    limits: { ...(options.hops === undefined ? {} : { hops: options.hops }) },
  });
  return {
    name: `F15, F16: ${code} is an outcome; people get the case with its path`,
    team,
    play: async ({ open }) => {
      const driver = await open();
      const view = await driver.until((one) => one.stage === 'human');
      expect(view.owner).toBe('people:desk');
      const refused = view.handoffs.filter((one) => one.status === 'refused');
      expect(refused.map((one) => one.failure?.code)).toEqual(refused.map(() => code));
      expect(refused.length).toBe(['HOP_LIMIT', 'HANDOFF_CYCLE'].includes(code) ? 1 : 2);
      expect(view.handoffs.at(-1)).toMatchObject({ verb: 'escalate', reasonCode: code, status: 'accepted' });
      expect(view.transcript.at(-1)?.text).toMatch(/person of our desk/);
      await driver.send(MESSAGES.resolve, { by: 'ann', outcome: 'by hand', note: 'done' });
      await driver.result();
    },
  };
}

playJourneys(
  [
    chain(),
    giveAndReturn(),
    standIn(),
    declinedForGood(),
    nobodyPolls(),
    nobodyAtAll(),
    guarded('TARGET_UNKNOWN', 'refnds'),
    guarded('TARGET_UNKNOWN', '__proto__'),
    guarded('HANDOFF_TO_SELF', 'triage'),
    guarded('EDGE_MISSING', 'island'),
    guarded('HOP_LIMIT', 'other', { hops: 1 }),
    guarded('HANDOFF_CYCLE', 'other'),
    guarded('NO_RETURN', 'other'),
  ],
  { unserved: [nobody] },
);
