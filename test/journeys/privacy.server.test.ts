import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import type { Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { TurnInput } from '../../contract/activities.ts';
import type { JsonObject } from '../../contract/json.ts';
import { viewText } from '../../command/output/case-texts.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { eventsOf } from '../support/ledger-of-history.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] } });

/** One planted value per kind, none of which may be seen behind the wall. */
const CANARIES = {
  email: 'canary.bird@example.com',
  phone: '+91 98765 40001',
  card: '4242 4242 4242 4242',
  iban: 'GB82 WEST 1234 5698 7654 32',
  aadhaar: '2341 2341 2346',
  pan: 'CNRPY1234F',
  gstin: '27AAPFU0939F1ZV',
  ifsc: 'HDFC0007777',
  upi: 'canary@okhdfcbank',
  passport: 'K7654321',
  'birth-date': '12/03/1987',
  secret: 'sk-canary0123456789abcdef',
  name: 'Canary Sharma',
} as const;
/** In words that detectors know; a name is found by its tag only. */
const SAID =
  `mail ${CANARIES.email}, call ${CANARIES.phone}, card ${CANARIES.card}, IBAN ${CANARIES.iban}, ` +
  `Aadhaar ${CANARIES.aadhaar}, PAN ${CANARIES.pan}, GSTIN ${CANARIES.gstin}, IFSC ${CANARIES.ifsc}, ` +
  `UPI ${CANARIES.upi}, passport ${CANARIES.passport}, born on ${CANARIES['birth-date']}, key ${CANARIES.secret}`;

/** What is left of each once spaces and case are gone: no way of writing it differently hides it. */
function foundIn(text: string): string[] {
  const plain = text.replaceAll(' ', '').toLowerCase();
  return Object.entries(CANARIES)
    .filter(([, value]) => plain.includes(value.replaceAll(' ', '').toLowerCase()))
    .map(([kind]) => kind);
}

const Person = z.object({
  customer: z.string().meta({ pii: 'name' }).optional(),
  phone: z.string().meta({ pii: 'phone' }).optional(),
  note: z.string().optional(),
  contacts: z.array(z.object({ mail: z.string() })).optional(),
  order: z.string().optional(),
});

function everything(turn: Turn<JsonObject>): string {
  const { signal, ...seen } = turn;
  return JSON.stringify([seen, signal.aborted]);
}

function overTheWall(): Journey {
  const seen: Record<string, string[]> = { legal: [], archive: [], front: [] };
  const archive = agent(
    'archive',
    pool,
    (turn) => (seen['archive']?.push(everything(turn)), finish('kept')),
    {
      domain: 'legal',
      accepts: Person,
    },
  );
  const legal = agent(
    'legal',
    pool,
    (turn) => {
      seen['legal']?.push(everything(turn));
      if (turn.unanswered.some((one) => one.text.includes('legal only'))) {
        return transfer('archive', { order: 'A1', note: String(turn.unanswered.at(-1)?.text) });
      }
      return reply('tell me more');
    },
    { domain: 'legal', accepts: Person },
  );
  const front = agent(
    'front',
    pool,
    (turn) => {
      seen['front']?.push(everything(turn));
      return {
        facts: { customer: CANARIES.name, phone: CANARIES.phone, note: SAID, order: 'A1' },
        intent: {
          kind: 'transfer',
          to: 'legal',
          reasonCode: 'letter',
          explanation: `the user wrote: ${SAID}`,
          facts: { contacts: [{ mail: CANARIES.email }] },
          summary: { decision: SAID, inputs: [SAID], openQuestions: [CANARIES.email] },
          completed: [`called ${CANARIES.phone}`],
          remaining: [SAID],
          unable: [SAID],
          flags: [CANARIES.email],
          sentiment: CANARIES.phone,
        },
        provenance: { reason: `because of ${SAID}` },
      };
    },
    { domain: 'front', accepts: Person },
  );
  const team = defineTeam({
    name: unique('wall'),
    start: front,
    edges: [edge(front, legal), edge(legal, archive), escalate(legal, desk)],
  });
  return {
    name: 'planted values are found nowhere behind an edge that redacts',
    team,
    play: async ({ open, bed }) => {
      const from = { legal: seen['legal']?.length ?? 0, archive: seen['archive']?.length ?? 0 };
      const driver = await open({
        user: { id: 'u-1', name: CANARIES.name, preferences: { nick: CANARIES.email } },
        message: { id: 'm1', text: SAID },
      });
      await driver.until((view) => view.owner === 'legal' && view.stage === 'waiting-user');
      await driver.say('legal only: call 022-2345 6789');
      await driver.result();
      const view = await driver.view();

      // The receiver sees masks, and what it is told itself; whoever it hands on to inherits the wall.
      const legalSaw = seen['legal']?.slice(from.legal) ?? [];
      expect(legalSaw.length).toBeGreaterThan(1);
      expect(foundIn(legalSaw.join('\n'))).toEqual([]);
      expect(legalSaw[0]).toContain('"phone":"****0001"');
      expect(legalSaw[0]).toContain('"customer":"C***"');
      expect(legalSaw[0]).toContain('c***@example.com');
      expect(legalSaw.join('\n')).toContain('022-2345 6789');
      expect(foundIn((seen['archive'] ?? []).slice(from.archive).join('\n'))).toEqual([]);
      expect((seen['archive'] ?? []).at(-1)).toContain('022-2345 6789');

      // Nothing of it is in the ledger, in search attributes, in the record of the handoff, or in what is shown of it.
      expect(foundIn(JSON.stringify(await driver.rows()))).toEqual([]);
      const described = await driver.handle.describe();
      expect(
        foundIn(JSON.stringify([described.memo, described.raw.workflowExecutionInfo?.searchAttributes])),
      ).toEqual([]);
      expect(foundIn(JSON.stringify(view.handoffs))).toEqual([]);
      expect(view.handoffs[0]?.masked).toEqual(
        expect.arrayContaining([
          { field: 'facts.customer', kind: 'name', count: 1 },
          { field: 'facts.phone', kind: 'phone', count: 1 },
          { field: 'facts.contacts.0.mail', kind: 'email', count: 1 },
          { field: 'explanation', kind: 'card', count: 1 },
          { field: 'summary.inputs.0', kind: 'aadhaar', count: 1 },
        ]),
      );
      expect(viewText(view)).toContain('masked: facts.customer (name), facts.phone (phone)');
      const offered = (await driver.rows()).find((row) => row.kind === 'handoff-offered');
      expect(offered?.content['masked']).toEqual(view.handoffs[0]?.masked);

      // The envelope that crossed is clean in the history too, user and opening apart, which are the case's own.
      for (const event of await eventsOf(bed.client, driver.id)) {
        const attributes = event.activityTaskScheduledEventAttributes;
        const payload = attributes?.input?.payloads?.[0];
        if (attributes?.activityType?.name !== 'handoff' || !payload) continue;
        const { envelope, rows } = defaultPayloadConverter.fromPayload<TurnInput>(payload);
        const { user, ...crossed } = envelope;
        expect(user?.name).toBe(CANARIES.name);
        expect(foundIn(JSON.stringify([crossed, rows]))).toEqual([]);
      }
    },
  };
}

function thereAndBack(): Journey {
  const legal = agent(
    'legal',
    pool,
    (turn) => ({
      intent: {
        kind: 'return',
        reasonCode: 'done',
        explanation: `legal wrote to lawyer@example.com`,
        facts: {
          note: 'the lawyer is lawyer@example.com',
          phone: typeof turn.facts['phone'] === 'string' ? turn.facts['phone'] : '',
        },
      },
    }),
    { domain: 'legal', accepts: Person },
  );
  const front = agent(
    'front',
    pool,
    (turn) =>
      turn.transfer?.verb === 'return'
        ? finish('back', JSON.stringify([turn.facts, turn.transfer.explanation, turn.conversation[0]?.text]))
        : { ...transfer('legal'), facts: { phone: CANARIES.phone, note: 'mine' } },
    { domain: 'front', accepts: Person },
  );
  const team = defineTeam({
    name: unique('return-over-wall'),
    start: front,
    edges: [edge(front, legal), escalate(legal, desk)],
  });
  return {
    name: 'a return goes back over the same wall, and masks do not replace what its owner gave away',
    team,
    play: async ({ open }) => {
      const driver = await open({ message: { id: 'm1', text: `I am at ${CANARIES.phone}` } });
      await driver.result();
      const view = await driver.view();
      const said = view.transcript.findLast((one) => one.from.kind === 'agent')?.text;
      expect(JSON.parse(said ?? '')).toEqual([
        { phone: CANARIES.phone, note: 'the lawyer is l***@example.com' },
        'legal wrote to l***@example.com',
        `I am at ${CANARIES.phone}`,
      ]);
    },
  };
}

function standIns(): Journey {
  let offered = '';
  const second = agent('second', pool, (turn) => ((offered = everything(turn)), finish('done')), {
    domain: 'legal',
    accepts: Person,
  });
  const first = agent('first', pool, () => finish('never'), {
    domain: 'legal',
    accepts: Person,
    declines: () => 'full',
  });
  const front = agent(
    'front',
    pool,
    () => ({ ...transfer('first', { note: SAID }), facts: { phone: CANARIES.phone } }),
    { domain: 'front', accepts: Person },
  );
  const team = defineTeam({
    name: unique('stand-in-over-wall'),
    start: front,
    edges: [edge(front, first, { fallback: [second] }), edge(front, second), escalate(front, desk)],
  });
  return {
    name: 'a stand-in gets what its own edge lets cross, prepared by the source',
    team,
    play: async ({ open }) => {
      const driver = await open({ message: { id: 'm1', text: SAID } });
      expect(await driver.result()).toMatchObject({ path: ['front', 'second'] });
      expect(foundIn(offered)).toEqual([]);
      expect(offered).toContain('"phone":"****0001"');
      expect((await driver.view()).handoffs[1]?.masked).toEqual(
        expect.arrayContaining([{ field: 'facts.phone', kind: 'phone', count: 1 }]),
      );
    },
  };
}

function receiverFails(): Journey {
  const legal = agent(
    'legal',
    pool,
    (turn) => {
      // What it learns is its own: it does not go back with the case unmasked.
      if (!turn.unanswered.some((one) => one.text === 'and now?'))
        return { ...reply('one moment'), facts: { note: 'the lawyer is lawyer@example.com' } };
      throw new Error('down');
    },
    { domain: 'legal', accepts: Person },
  );
  const front = agent(
    'front',
    pool,
    (turn) =>
      turn.transfer?.verb === 'return'
        ? finish('back', JSON.stringify(turn.facts))
        : { ...transfer('legal'), facts: { phone: CANARIES.phone } },
    { domain: 'front', accepts: Person },
  );
  const team = defineTeam({
    name: unique('fails-behind-wall'),
    start: front,
    edges: [edge(front, legal), escalate(legal, desk)],
  });
  return {
    name: 'when a receiver behind a wall fails, its previous owner has what it had',
    team,
    play: async ({ open }) => {
      const driver = await open();
      await driver.until((view) => view.owner === 'legal' && view.stage === 'waiting-user');
      await driver.say('and now?');
      await driver.result();
      const view = await driver.view();
      expect(view.transcript.findLast((one) => one.from.kind === 'agent')?.text).toBe(
        JSON.stringify({ phone: CANARIES.phone }),
      );
    },
  };
}

playJourneys([overTheWall(), thereAndBack(), standIns(), receiverFails()]);
