import { selectFields } from '../../../contract/selective-fields.ts';
import { isFinalHandoff } from '../../../contract/lifecycle.ts';
import { parseEnvelope } from '../../../contract/envelope.ts';
import { poolOfOwner } from '../../../contract/queues.ts';
import { digestOf } from '../../../contract/digest.ts';
import type { Acknowledgement } from '../../../contract/message-shapes.ts';
import type { CaseEvent } from '../../../workflows/events.ts';
import { actorOf } from '../../../workflows/asks.ts';
import type { CaseState } from '../../../workflows/state.ts';
import { seenBy } from './at-work.ts';
import type { Check, Observed } from './play.ts';
import { holds } from './holds.ts';

/** I1: one owner, of the team, and no change of it but by a matching acknowledgement or towards people. */
export const oneOwner: Check = ({ before, event, after }) => {
  const { manifest } = after;
  if (manifest === null) {
    holds(after.owner === 'nobody', 'I1: an owner before there is a team');
    return;
  }
  const pool = poolOfOwner(after.owner);
  const known = Object.hasOwn(pool === undefined ? manifest.agents : manifest.pools, pool ?? after.owner);
  holds(known, `I1: the owner ${after.owner} is not of the team`);
  holds(after.path.at(-1) === after.owner, 'I1: the path does not end with the owner');
  if (before.owner === after.owner || before.owner === 'nobody') return;
  if (pool !== undefined) return;
  const { work } = before;
  const given = acknowledgementIn(event);
  const record = before.handoffs.find((one) => work.kind === 'offer' && one.id === work.handoffId);
  holds(
    record?.status === 'offered' && given !== undefined,
    'I1: the owner changed without an acknowledgement',
  );
  holds(
    given.handoffId === record.id && given.offerEpoch === record.epoch && given.digest === record.digest,
    'I1: the owner changed by an acknowledgement of another offer',
  );
};

/** U4: once a user wants people only, no agent takes a turn, until a person says that the user has agreed. */
export const peopleOnlyForThoseWhoWant: Check = ({ after, steps }) => {
  if (after.humanOnly === undefined) return;
  const turn = steps.find((step) => step.kind === 'turn' || step.kind === 'handoff');
  holds(turn === undefined, `U4: ${after.owner} works for a user who wants people only`);
  holds(after.work.kind !== 'turn', 'U4: a turn goes on for a user who wants people only');
};

function acknowledgementIn(event: CaseEvent): Acknowledgement | undefined {
  if (event.kind === 'acknowledged') return event.acknowledgement;
  return event.kind === 'turn-ended' && event.output.kind !== 'declined'
    ? event.output.acknowledgement
    : undefined;
}

/** I2: a handoff is final, or the case is at it, or a person is. Finals never move. */
export const noHandoffLost: Check = ({ before, after, rows }) => {
  for (const record of after.handoffs) {
    const was = before.handoffs.find((one) => one.id === record.id);
    const told = rows.some(
      (row) => row.kind === `handoff-${record.status}` && row.content['handoffId'] === record.id,
    );
    holds(was?.status === record.status || told, `I9: no row tells that ${record.id} is ${record.status}`);
    holds(
      isFinalHandoff(record.status) === (record.endedAt !== undefined),
      `I2: ${record.id} is ${record.status} and ${record.endedAt === undefined ? 'has no end' : 'has ended'}`,
    );
    const where = whereIs(after, record.id);
    switch (record.status) {
      case 'proposed':
        holds(false, `I2: ${record.id} is left as proposed`);
        break;
      case 'held':
        holds(where === 'held', `I2: ${record.id} is held and nobody is asked`);
        break;
      case 'offered':
        holds(where === 'offer', `I2: ${record.id} is offered and nothing waits for the answer`);
        break;
      case 'accepted':
        holds(after.broughtBy === record.id, `I2: ${record.id} is accepted and did not bring the case here`);
        break;
      case 'dead-lettered':
        holds(where === 'parked', `I2: ${record.id} is dead-lettered without an open letter`);
        break;
      case 'refused':
      case 'declined':
      case 'expired':
      case 'withdrawn':
      case 'completed':
      case 'returned':
      case 'rolled-back':
        break;
    }
  }
  for (const old of before.handoffs.slice(-50)) {
    const now = after.handoffs.find((one) => one.id === old.id);
    holds(now !== undefined, `I2: ${old.id} vanished`);
    if (old.status !== now.status)
      holds(
        old.endedAt === undefined ||
          old.status === 'declined' ||
          old.status === 'expired' ||
          old.status === 'dead-lettered',
        `I2: ${old.id} moved after its end`,
      );
  }
};

function whereIs(state: CaseState, handoffId: string): CaseState['work']['kind'] | undefined {
  const { work } = state;
  if ((work.kind === 'held' || work.kind === 'offer') && work.handoffId === handoffId) return work.kind;
  if (work.kind !== 'parked') return undefined;
  const letter = state.deadLetters.find((one) => one.id === work.deadLetterId);
  return letter?.status === 'open' && letter.subject === handoffId ? 'parked' : undefined;
}

/** I6: an agent's memory holds what it accepts or found itself; what was declared to cross is there on arrival. */
export function createCrossingCheck(): Check {
  const mayKnow = new Map<string, Set<string>>();
  const allow = (owner: string, names: Iterable<string>): void => {
    mayKnow.set(owner, new Set([...(mayKnow.get(owner) ?? []), ...names]));
  };
  return (observed) => {
    const { before, event, after, steps } = observed;
    const { manifest } = after;
    if (event.kind === 'team-resolved' && manifest && before.manifest === null)
      allow(manifest.start, Object.keys(before.memory['']?.facts ?? {}));
    if (event.kind === 'turn-ended' && event.output.kind === 'turned') {
      // The agent whose turn it was: by then the owner or asked, or its offer is being accepted.
      for (const owner of new Set([
        actorOf(seenBy(before, event)),
        before.owner,
        after.owner,
        ownerOfTurn(observed) ?? after.owner,
      ]))
        allow(owner, Object.keys(event.output.turn.facts));
    }
    if (event.kind === 'redriven') allow(before.owner, Object.keys(event.message.correction ?? {}));
    for (const step of steps) {
      if (step.kind !== 'turn' && step.kind !== 'handoff') continue;
      const { agent, envelope, offer } = step.input;
      const parsed = parseEnvelope(JSON.parse(JSON.stringify(envelope)));
      holds(
        parsed.ok,
        `H1: an envelope that its receiver would refuse: ${parsed.ok ? '' : parsed.failure.message}`,
      );
      const accepts = manifest?.agents[agent]?.accepts ?? {};
      for (const [name, value] of Object.entries(envelope.memory.facts)) {
        const cut = selectFields(accepts, { [name]: value });
        holds(
          Object.hasOwn(cut.facts, name) || mayKnow.get(agent)?.has(name) === true,
          `I6: ${agent} is told ${name}, which it neither accepts nor found`,
        );
      }
      if (offer) {
        holds(offer.digest === digestOf(envelope), 'the offer does not carry the digest of its envelope');
        for (const name of after.handoffs.find((one) => one.id === offer.handoffId)?.declared ?? [])
          holds(Object.hasOwn(envelope.memory.facts, name), `I6: ${name} was declared and did not arrive`);
      }
    }
  };
}

function ownerOfTurn({ before }: Observed): string | undefined {
  const { work } = before;
  return work.kind === 'offer' ? before.handoffs.find((one) => one.id === work.handoffId)?.to : undefined;
}
