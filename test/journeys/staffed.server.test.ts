import { defineTeam, edge, escalate, people, peopleOfDirectory } from '../../activities/define-team.ts';
import type { PeopleDirectory } from '../../contract/ports.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { agent, finish, transfer } from '../support/agents.ts';
import { unique } from '../support/bed.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('pool');
const clerk = { roles: ['clerk'] };

/** Ann is on holiday, and Bob acts for her; the desk is closed, and its cases go to the night shift. */
const directory: PeopleDirectory = {
  consult: ({ pool: asked, from, intervals, occasion }) =>
    Promise.resolve({
      people:
        asked === 'desk'
          ? {
              bob: {
                roles: [],
                actsFor: [
                  { person: 'ann', ...clerk, from: '2020-01-01T00:00:00Z', until: '2090-01-01T00:00:00Z' },
                ],
              },
              cy: { roles: [] },
            }
          : // Whoever was there when the case came, and left before they claimed it.
            occasion.kind === 'claim'
            ? { eve: clerk }
            : { eve: clerk, gone: clerk },
      open: asked === 'night',
      instants: intervals.map((ms) => new Date(Date.parse(from) + 2 * ms).toISOString()),
      ...(asked === 'night' ? { assigned: 'eve' } : { opensAt: '2090-01-01T00:00:00.000Z' }),
    }),
};

function staffed(): Journey {
  const night = peopleOfDirectory('night', {}, { claimFreshMs: 1 });
  const desk = peopleOfDirectory('desk', { afterHours: 'night' });
  const board = peopleOfDirectory('board');
  const vault = agent('vault', pool, () => ({
    intent: { kind: 'escalate', to: 'desk', reasonCode: 'done' },
  }));
  const triage = agent('triage', pool, (turn) =>
    turn.notices.length > 0 ? finish('refused') : transfer('vault'),
  );
  const approval = { pool: 'desk', roles: ['clerk'], expiresMs: 60_000, question: 'Into the vault?' };
  const team = defineTeam({
    name: unique('staffed'),
    start: triage,
    edges: [
      edge(triage, vault, { approval }),
      escalate(triage, desk),
      escalate(triage, night),
      escalate(vault, board),
    ],
  });
  return {
    name: 'a directory says who decides, until when, and who takes over after hours',
    team,
    play: async ({ open }) => {
      const driver = await open();
      const view = await driver.until((one) => one.reviews[0]?.assignedTo === 'eve');
      const [review] = view.reviews;
      if (!review) throw new Error('no review');
      expect(Date.parse(review.expiresAt) - Date.parse(review.openedAt)).toBe(120_000);
      const decision = {
        reviewId: review.id,
        digest: review.digest,
        decision: 'approve',
        reason: 'so be it',
      } as const;
      for (const by of ['ann', 'cy']) {
        expect(await driver.refused(MESSAGES.decide, { ...decision, by })).toMatchObject({
          code: 'REVIEW_FORBIDDEN',
        });
      }
      await driver.send(MESSAGES.decide, { ...decision, by: 'bob' });
      await driver.until((one) => one.owner === 'people:night' && one.assignedTo === 'eve');
      expect(await driver.refused(MESSAGES.claim, { by: 'bob' })).toMatchObject({ code: 'PERSON_FORBIDDEN' });
      const pending = { code: 'DIRECTORY_PENDING' };
      expect(await driver.refused(MESSAGES.claim, { by: 'gone' })).toMatchObject(pending);
      const asked = await driver.until((one) => one.refusals.length > 0);
      expect(asked.refusals.at(-1)).toMatchObject({ door: 'claimed', failure: { code: 'PERSON_FORBIDDEN' } });
      expect(await driver.refused(MESSAGES.claim, { by: 'eve' })).toMatchObject(pending);
      await driver.until((one) => one.claimedBy === 'eve');
      expect(await driver.send(MESSAGES.claim, { by: 'eve' })).toMatchObject({ repeated: true });
      await driver.send(MESSAGES.resolve, { by: 'eve', outcome: 'seen to', note: 'at night' });
      expect(await driver.result()).toMatchObject({
        path: ['triage', 'vault', 'people:desk', 'people:night'],
        outcome: { outcome: 'seen to' },
      });
      expect((await driver.view()).reviews[0]?.decision).toMatchObject({ by: 'bob', onBehalfOf: 'ann' });
    },
  };
}

/** Members of its own as before: nobody asks a directory. */
function unstaffed(): Journey {
  const only = agent('only', pool, () => finish());
  const team = defineTeam({
    name: unique('unstaffed'),
    start: only,
    edges: [escalate(only, people('desk', { ann: { roles: [] } }))],
  });
  return {
    name: 'a team with members of its own asks nobody',
    team,
    play: async ({ open }) => {
      const driver = await open();
      await driver.result();
      expect((await driver.view()).directory).toBeUndefined();
    },
  };
}

playJourneys([staffed(), unstaffed()], { directory });
