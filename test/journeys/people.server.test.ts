import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] }, bob: { roles: [] } });
const board = people('board', { eve: { roles: [] } });

function handsOn(): Journey {
  const billing = agent('billing', pool, (turn) =>
    turn.transfer?.verb === 'give-back'
      ? finish('closed by billing', `ann said ${turn.transfer.explanation}, ${JSON.stringify(turn.facts)}`)
      : {
          intent: {
            kind: 'escalate',
            reasonCode: 'too-much',
            explanation: 'over my limit',
            facts: { order: 'B1' },
          },
        },
  );
  const triage = agent('triage', pool, () => transfer('billing', { topic: 'money' }));
  const team = defineTeam({
    name: unique('hands-on'),
    start: triage,
    edges: [edge(triage, billing), escalate(billing, desk)],
  });
  return {
    name: 'escalated, claimed, answered, given back, finished',
    team,
    play: async ({ open }) => {
      const driver = await open();
      const view = await driver.until((one) => one.stage === 'human');
      expect(view).toMatchObject({
        owner: 'people:desk',
        waitingOn: 'people:desk',
        facts: { topic: 'money', order: 'B1' },
      });
      expect(await driver.refused(MESSAGES.claim, { by: 'mallory' })).toMatchObject({
        code: 'PERSON_FORBIDDEN',
      });
      expect(await driver.send(MESSAGES.claim, { by: 'ann' })).toMatchObject({ repeated: false });
      expect(await driver.send(MESSAGES.claim, { by: 'ann' })).toMatchObject({ repeated: true });
      expect(await driver.refused(MESSAGES.claim, { by: 'bob' })).toMatchObject({ code: 'CLAIMED_BY_OTHER' });
      await driver.say('are you there?');
      const words = { by: 'ann', messageId: 'a1', text: 'I am' };
      expect(await driver.send(MESSAGES.reply, words)).toMatchObject({ repeated: false });
      expect(await driver.send(MESSAGES.reply, words)).toMatchObject({ repeated: true });
      expect(await driver.refused(MESSAGES.reply, { ...words, text: 'no' })).toMatchObject({
        code: 'MESSAGE_CONFLICT',
      });
      await driver.send(MESSAGES.giveBack, { by: 'ann', note: 'go ahead', facts: { topic: 'refund' } });
      expect(await driver.result()).toMatchObject({
        outcome: { outcome: 'closed by billing' },
        path: ['triage', 'billing', 'people:desk', 'billing'],
        hops: 1,
      });
      const { transcript } = await driver.view();
      expect(transcript.at(-1)?.text).toBe('ann said go ahead, {"topic":"refund","order":"B1"}');
      expect(transcript.filter((message) => message.from.kind === 'person')).toHaveLength(1);
    },
  };
}

function question(decision: 'approve' | 'reject'): Journey {
  const triage = agent('triage', pool, (turn) => {
    const [notice] = turn.notices;
    return notice?.kind === 'review-decided'
      ? finish(`${notice.decision} by ${String(notice.by)}: ${notice.reason}`)
      : { intent: { kind: 'ask-review', pool: 'board', question: 'May I?', subject: { sum: 5 } } };
  });
  const team = defineTeam({
    name: unique('question'),
    start: triage,
    edges: [escalate(triage, desk), escalate(triage, board)],
  });
  return {
    name: `an agent asks people, who ${decision}`,
    team,
    play: async ({ open }) => {
      const driver = await open();
      const review = await driver.review();
      expect(review).toMatchObject({
        kind: 'question',
        pool: 'board',
        question: 'May I?',
        subject: { sum: 5 },
      });
      const whole = { reviewId: review.id, digest: review.digest, decision, by: 'eve', reason: 'so be it' };
      expect(await driver.refused(MESSAGES.decide, { ...whole, by: 'ann' })).toMatchObject({
        code: 'REVIEW_FORBIDDEN',
      });
      expect(await driver.refused(MESSAGES.decide, { ...whole, digest: '0'.repeat(64) })).toMatchObject({
        code: 'REVIEW_STALE',
      });
      expect(await driver.refused(MESSAGES.decide, { ...whole, reviewId: 'r9' })).toMatchObject({
        code: 'REVIEW_UNKNOWN',
      });
      await driver.send(MESSAGES.decide, whole);
      expect(await driver.result()).toMatchObject({ outcome: { outcome: `${decision} by eve: so be it` } });
      // F10, F11: the same decision again is a repeat, any other is told who decided.
      expect(await driver.view()).toMatchObject({
        reviews: [{ status: decision === 'approve' ? 'approved' : 'rejected' }],
      });
    },
  };
}

function heldHandoff(decision: 'approve' | 'reject'): Journey {
  const vault = agent('vault', pool, () => finish('in the vault'));
  const triage = agent('triage', pool, (turn) =>
    turn.notices.length > 0
      ? finish(`refused: ${turn.notices[0]?.kind ?? ''}`)
      : transfer('vault', { order: 'V' }),
  );
  const approval = { pool: 'board', expiresMs: 60_000, question: 'Into the vault?' };
  const team = defineTeam({
    name: unique('held'),
    start: triage,
    edges: [edge(triage, vault, { approval }), escalate(triage, desk), escalate(triage, board)],
  });
  return {
    name: `an edge waits for people, who ${decision}`,
    team,
    play: async ({ open }) => {
      const driver = await open();
      const review = await driver.review();
      expect(review.subject).toMatchObject({ from: 'triage', to: 'vault', facts: { order: 'V' } });
      expect((await driver.view()).handoffs).toMatchObject([{ status: 'held' }]);
      await driver.decide(decision, 'eve');
      const outcome = decision === 'approve' ? 'in the vault' : 'refused: handoff-refused';
      expect(await driver.result()).toMatchObject({ outcome: { outcome } });
    },
  };
}

playJourneys([
  handsOn(),
  question('approve'),
  question('reject'),
  heldHandoff('approve'),
  heldHandoff('reject'),
]);
