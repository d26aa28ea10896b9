/** Teams that ask for signed handoffs: every way in which a case comes to an agent carries a seal that holds. */
import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { createEnvelopeSeals } from '../../security/signing-keys.ts';
import { newKey, noncesInMemory, registryText } from '../security/signing-registries.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { unique } from '../support/bed.ts';
import type { CaseDriver } from '../support/case-driver.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const nobody = unique('nobody');
const desk = people('desk', { ann: { roles: ['lead'] } });
const OrderOnly = z.object({ order: z.string().optional() });
const signing = 'required';

/** Who sealed each offer, as the ledger tells it, in order. */
async function sealedBy(driver: CaseDriver): Promise<readonly unknown[]> {
  const rows = await driver.rows();
  return rows.filter((row) => row.kind === 'handoff-offered').map((row) => row.content['sealedBy']);
}

function thereAndBack(): Journey {
  const first = agent('first', pool, (turn) =>
    turn.transfer?.verb === 'return'
      ? finish(JSON.stringify(turn.memory))
      : { facts: { topic: 'mine', order: 'B1' }, intent: transfer('second').intent },
  );
  const second = agent(
    'second',
    pool,
    () => ({
      intent: { kind: 'return', reasonCode: 'done', explanation: 'yours again', facts: { order: 'B2' } },
    }),
    { accepts: OrderOnly },
  );
  return {
    name: 'a source seals what crosses; on the return a worker of the case joins it with what was known before',
    team: defineTeam({
      name: unique('there-and-back'),
      start: first,
      edges: [edge(first, second), escalate(first, desk)],
      signing,
    }),
    play: async (stage) => {
      const driver = await stage.open();
      expect(await driver.result()).toMatchObject({
        outcome: { outcome: JSON.stringify({ topic: 'mine', order: 'B2' }) },
      });
      expect(await sealedBy(driver)).toEqual(['source', 'case']);
    },
  };
}

function standIn(): Journey {
  const second = agent('second', pool, () => finish('by the stand-in'));
  const first = agent('first', pool, () => finish('never'), { declines: () => 'full' });
  const triage = agent('triage', pool, () => transfer('first', { topic: 'x' }));
  return {
    name: 'a stand-in gets a seal of the case',
    team: defineTeam({
      name: unique('stand-in'),
      start: triage,
      edges: [edge(triage, first, { fallback: [second] }), edge(triage, second), escalate(triage, desk)],
      signing,
    }),
    play: async (stage) => {
      const driver = await stage.open();
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'by the stand-in' } });
      expect(await sealedBy(driver)).toEqual(['source', 'case']);
    },
  };
}

function byPeople(): Journey {
  const billing = agent('billing', pool, (turn) =>
    turn.transfer?.verb === 'give-back'
      ? finish('closed by billing')
      : { intent: { kind: 'escalate', reasonCode: 'too-much', explanation: 'over my limit' } },
  );
  return {
    name: 'what a person gives back is sealed by the case; escalating to people needs no seal',
    team: defineTeam({
      name: unique('by-people'),
      start: billing,
      edges: [escalate(billing, desk)],
      signing,
    }),
    play: async (stage) => {
      const driver = await stage.open();
      await driver.until((view) => view.stage === 'human');
      await driver.send(MESSAGES.claim, { by: 'ann' });
      await driver.send(MESSAGES.giveBack, { by: 'ann', note: 'go ahead' });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'closed by billing' } });
      expect(await sealedBy(driver)).toEqual(['case']);
    },
  };
}

function redriven(): Journey {
  const away = agent('away', pool, () => finish('at last'), {
    declines: (turn) => (turn.memory['topic'] === 'please' ? undefined : 'full'),
  });
  const triage = agent('triage', pool, () => transfer('away', { topic: 'x' }));
  return {
    name: 'redriven unchanged an offer keeps its seal, which counts again for the same handoff; corrected it takes another',
    team: defineTeam({
      name: unique('redriven'),
      start: triage,
      edges: [edge(triage, away), escalate(triage, desk)],
      limits: { fallbacks: 0 },
      signing,
    }),
    play: async (stage) => {
      const driver = await stage.open();
      const mended = { by: 'ann', reason: 'again' };
      await driver.until((view) => view.stage === 'parked');
      await driver.send(MESSAGES.redrive, { deadLetterId: 'd1', ...mended });
      await driver.until((view) => view.deadLetters.length === 2 && view.stage === 'parked');
      const view = await driver.view();
      expect(view.deadLetters.map((letter) => letter.failure.code)).toEqual([
        'OFFER_DECLINED',
        'OFFER_DECLINED',
      ]);
      await driver.send(MESSAGES.redrive, { deadLetterId: 'd2', ...mended, correction: { topic: 'please' } });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'at last' } });
      expect(await sealedBy(driver)).toEqual(['source', 'source', 'case']);
    },
  };
}

function humanAskedMeanwhile(): Journey {
  const slow = agent('slow', nobody, () => finish('never'));
  const triage = agent('triage', pool, () => transfer('slow'));
  return {
    name: 'an offer under a seal is withdrawn like any other when the user wants a human (I12)',
    team: defineTeam({
      name: unique('meanwhile'),
      start: triage,
      edges: [edge(triage, slow), escalate(triage, desk)],
      signing,
    }),
    play: async (stage) => {
      const driver = await stage.open();
      await awaitEvent(
        stage.bed.client,
        driver.handle,
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'handoff',
      );
      await driver.send(MESSAGES.askForHuman, { reason: 'a person, please' });
      await driver.until((view) => view.owner === 'people:desk');
      await driver.send(MESSAGES.claim, { by: 'ann' });
      await driver.send(MESSAGES.resolve, { by: 'ann', outcome: 'talked', note: 'by phone' });
      expect(await driver.result()).toMatchObject({ outcome: { outcome: 'talked' } });
    },
  };
}

playJourneys([thereAndBack(), standIn(), byPeople(), redriven(), humanAskedMeanwhile()], {
  signing: { seals: createEnvelopeSeals(registryText('w1', newKey('w1'))), nonces: noncesInMemory() },
  unserved: [nobody],
});
