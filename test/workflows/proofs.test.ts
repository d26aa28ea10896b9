import type { Decision } from '../../contract/decision.ts';
import { failure } from '../../contract/failures.ts';
import { PROOF_LIFETIME_MS } from '../../contract/limits.ts';
import type { DoorKey } from '../../contract/proof.ts';
import { viewOf } from '../../workflows/view.ts';
import { newDoor } from '../security/doors.ts';
import { endPlay } from './model/checks.ts';
import { beginJourney, callOf, type Journey } from './model/journey.ts';
import { withPeople, type PeopleRules } from './model/people.ts';
import { plainPlan, teamOf } from './model/teams.ts';

const CASE = 'case-1';
const web = newDoor('web');
const acme = newDoor('acme-web', ['acme']);
const stranger = newDoor('web');

interface Begun {
  readonly journey: Journey;
  /** When the review opened, in milliseconds. */
  readonly at: number;
}

/** One of the desk must approve a `peek`, or both a `gift`; the keys have come once the review asks for them. */
function begin(
  rules: PeopleRules['approvals'] = { proof: 'proven' },
  { tool = 'peek', keys = [web.key, acme.key] as readonly DoorKey[] } = {},
): Begun {
  const journey = beginJourney(withPeople(teamOf(plainPlan()), { approvals: rules }));
  journey.turns(callOf(tool));
  journey.dispatch({ kind: 'door-keys-read', keys });
  return { journey, at: Date.parse(journey.state().reviews[0]?.openedAt ?? '') };
}

function said({ journey }: Begun, by = 'pam', change: Partial<Decision> = {}): Decision {
  const [review] = journey.state().reviews;
  if (!review) throw new Error('no review');
  const { id: reviewId, digest } = review;
  return { reviewId, digest, decision: 'approve', by, reason: 'fine', ...change };
}

/** Knocks with a decision, and answers the code of the refusal, or the review's status. */
function knock({ journey }: Begun, message: Decision): string {
  const before = journey.state().refusalCount;
  journey.dispatch({ kind: 'decided', message });
  const { refusalCount, refusals, reviews } = journey.state();
  return refusalCount === before ? (reviews[0]?.status ?? '') : (refusals.at(-1)?.failure.code ?? '');
}

const rowOf = ({ journey }: Begun, kind: string): unknown =>
  journey.play.rows.findLast((row) => row.kind === kind)?.content;

describe('a review that takes proven decisions only', () => {
  test('is decided by what a door has signed; ledger and view say so', () => {
    const begun = begin();
    const { journey, at } = begun;
    const decision = web.signs(said(begun), { caseId: CASE, at });
    expect(knock(begun, decision)).toBe('approved');
    expect(rowOf(begun, 'review-decided')).toMatchObject({
      by: 'pam',
      proof: 'proven',
      signed: decision.signed,
    });
    expect(viewOf(journey.state()).reviews[0]).toMatchObject({
      proof: 'proven',
      decision: { by: 'pam', proof: 'proven' },
    });
    endPlay(journey.play);
  });

  test('is asked for when it opens, and nobody decides before the keys have come', () => {
    const journey = beginJourney(withPeople(teamOf(plainPlan()), { approvals: { proof: 'proven' } }));
    // Keys from the opening of the case may have been revoked since.
    journey.dispatch({ kind: 'door-keys-read', keys: [web.key] });
    journey.turns(callOf('peek'));
    const begun = { journey, at: Date.parse(journey.state().reviews[0]?.openedAt ?? '') };
    const decision = web.signs(said(begun), { caseId: CASE, at: begun.at });
    expect(knock(begun, decision)).toBe('PROOF_PENDING');
    expect(journey.play.world.outstanding.map(({ step }) => step.kind)).toContain('read-door-keys');
    journey.dispatch({ kind: 'door-keys-read', keys: [web.key] });
    expect(knock(begun, decision)).toBe('approved');
    expect(rowOf(begun, 'door-keys-read')).toMatchObject({ keys: [{ id: 'web', status: 'active' }] });
  });

  test.each<[string, string, (begun: Begun) => Decision]>([
    ['nothing but a name', 'PROOF_REQUIRED', (begun) => said(begun)],
    [
      'a signature of another case',
      'PROOF_INVALID',
      (begun) => web.signs(said(begun), { caseId: 'case-2', at: begun.at }),
    ],
    [
      'a signature of another review',
      'PROOF_INVALID',
      (begun) => {
        const other = web.signs(said(begun, 'pam', { reviewId: 'r2' }), { caseId: CASE, at: begun.at });
        return { ...other, reviewId: 'r1' };
      },
    ],
    [
      'a signature of other content',
      'PROOF_INVALID',
      (begun) => {
        const other = web.signs(said(begun, 'pam', { digest: 'a'.repeat(64) }), {
          caseId: CASE,
          at: begun.at,
        });
        return { ...other, digest: said(begun).digest };
      },
    ],
    [
      'a signature of another person',
      'PROOF_INVALID',
      (begun) => ({ ...web.signs(said(begun), { caseId: CASE, at: begun.at }), by: 'pete' }),
    ],
    [
      'a signature of another word',
      'PROOF_INVALID',
      (begun) => {
        const no = web.signs(said(begun, 'pam', { decision: 'reject' }), { caseId: CASE, at: begun.at });
        return { ...no, decision: 'approve' };
      },
    ],
    [
      'another reason',
      'PROOF_INVALID',
      (begun) => ({ ...web.signs(said(begun), { caseId: CASE, at: begun.at }), reason: 'not what I said' }),
    ],
    [
      'other edits',
      'PROOF_INVALID',
      (begun) => {
        const edit = said(begun, 'pam', { decision: 'edit', edits: { amount: 1 } });
        return { ...web.signs(edit, { caseId: CASE, at: begun.at }), edits: { amount: 49 } };
      },
    ],
    [
      'a signature that has expired',
      'PROOF_EXPIRED',
      (begun) => web.signs(said(begun), { caseId: CASE, at: begun.at - PROOF_LIFETIME_MS }),
    ],
    [
      'a later expiry than was signed',
      'PROOF_INVALID',
      (begun) => {
        const old = web.signs(said(begun), { caseId: CASE, at: begun.at - PROOF_LIFETIME_MS });
        const expires = new Date(begun.at + PROOF_LIFETIME_MS).toISOString();
        return { ...old, signed: { ...old.signed, expires } };
      },
    ],
    [
      'a signature that would count for hours',
      'PROOF_INVALID',
      (begun) => web.signs(said(begun), { caseId: CASE, at: begun.at + 3_600_000 }),
    ],
    [
      'a key that the workers do not know',
      'PROOF_KEY_UNKNOWN',
      (begun) => newDoor('other').signs(said(begun), { caseId: CASE, at: begun.at }),
    ],
    [
      'another key under a known name',
      'PROOF_INVALID',
      (begun) => stranger.signs(said(begun), { caseId: CASE, at: begun.at }),
    ],
    [
      'a signature for another tenant',
      'PROOF_FORBIDDEN',
      (begun) => web.signs(said(begun), { caseId: CASE, at: begun.at, tenant: 'acme' }),
    ],
    [
      'a signature of a door of another tenant',
      'PROOF_FORBIDDEN',
      (begun) => acme.signs(said(begun), { caseId: CASE, at: begun.at }),
    ],
    [
      'somebody who was let in as a user',
      'PROOF_FORBIDDEN',
      (begun) => web.signs(said(begun), { caseId: CASE, at: begun.at, roles: ['user'] }),
    ],
    [
      'roles that were not signed',
      'PROOF_INVALID',
      (begun) => {
        const user = web.signs(said(begun), { caseId: CASE, at: begun.at, roles: ['user'] });
        return { ...user, signed: { ...user.signed, roles: ['staff'] } };
      },
    ],
    [
      'a proven stranger to the pool',
      'REVIEW_FORBIDDEN',
      (begun) => web.signs(said(begun, 'eve'), { caseId: CASE, at: begun.at }),
    ],
  ])('refuses %s: %s', (_what, code, attack) => {
    const begun = begin();
    expect(knock(begun, attack(begun))).toBe(code);
    expect(begun.journey.state().reviews[0]?.status).toBe('open');
    // The door itself still works.
    expect(knock(begun, web.signs(said(begun), { caseId: CASE, at: begun.at }))).toBe('approved');
  });

  test('takes nothing of a revoked key, and of a retired one what it signed in its time', () => {
    for (const [change, code] of [
      [{ status: 'revoked' }, 'PROOF_KEY_RETIRED'],
      [{ status: 'retired' }, 'PROOF_KEY_RETIRED'],
      [{ status: 'retired', retiredAt: -1_000 }, 'PROOF_KEY_RETIRED'],
      [{ status: 'retired', retiredAt: 1_000 }, 'approved'],
    ] as const) {
      const begun = begin(undefined, { keys: [] });
      const { status } = change;
      const retiredAt =
        'retiredAt' in change ? { retiredAt: new Date(begun.at + change.retiredAt).toISOString() } : {};
      begun.journey.dispatch({ kind: 'door-keys-read', keys: [{ ...web.key, status, ...retiredAt }] });
      expect(knock(begun, web.signs(said(begun), { caseId: CASE, at: begun.at }))).toBe(code);
    }
  });

  test('does not hear a signature twice: replayed decisions change nothing', () => {
    const begun = begin({ proof: 'proven', undoMs: 60_000 });
    const { journey, at } = begun;
    const question = web.signs(said(begun, 'pam', { decision: 'ask', reason: 'Which card?' }), {
      caseId: CASE,
      at,
    });
    expect([knock(begun, question), knock(begun, question)]).toEqual(['open', 'open']);
    expect(journey.state().reviews[0]?.questions).toHaveLength(1);
    expect(journey.state().transcript.filter(({ text }) => text === 'Which card?')).toHaveLength(1);
    const yes = web.signs(said(begun), { caseId: CASE, at });
    expect(knock(begun, yes)).toBe('approved');
    const back = { decision: 'withdraw', reason: 'no' } as const;
    expect(knock(begun, said(begun, 'pam', back))).toBe('PROOF_REQUIRED');
    expect(knock(begun, web.signs(said(begun, 'pam', back), { caseId: CASE, at }))).toBe('rejected');
    expect(knock(begun, yes)).toBe('REVIEW_DECIDED');
    endPlay(journey.play);
  });

  test('needs a signature of each of several people, and of whoever edits', () => {
    const begun = begin(undefined, { tool: 'gift' });
    const { journey, at } = begun;
    expect(knock(begun, web.signs(said(begun), { caseId: CASE, at }))).toBe('open');
    expect(rowOf(begun, 'review-approval-given')).toMatchObject({ by: 'pam', proof: 'proven' });
    expect(knock(begun, said(begun, 'pete'))).toBe('PROOF_REQUIRED');
    const edit = web.signs(said(begun, 'pete', { decision: 'edit', edits: { amount: 7 } }), {
      caseId: CASE,
      at,
    });
    expect(knock(begun, edit)).toBe('open');
    expect(rowOf(begun, 'review-edited')).toMatchObject({ by: 'pete', proof: 'proven', signed: edit.signed });
    // What she signed was something else.
    expect(knock(begun, web.signs(said(begun), { caseId: CASE, at }))).toBe('approved');
    expect(viewOf(journey.state()).reviews[0]?.approvals).toMatchObject([
      { by: 'pete', proof: 'proven' },
      { by: 'pam', proof: 'proven' },
    ]);
  });

  test('is told the keys anew where a door has a newer one, and at each reminder', () => {
    const begun = begin({ proof: 'proven', waiting: { reminders: [2_000] } });
    const { journey, at } = begun;
    const { world } = journey.play;
    const asked = (): number => world.outstanding.filter(({ step }) => step.kind === 'read-door-keys').length;
    world.outstanding = world.outstanding.filter(({ step }) => step.kind !== 'read-door-keys');
    const newer = newDoor('web-2');
    const decision = newer.signs(said(begun), { caseId: CASE, at });
    expect(knock(begun, decision)).toBe('PROOF_KEY_UNKNOWN');
    journey.dispatch({ kind: 'door-keys-wanted' });
    journey.dispatch({ kind: 'door-keys-wanted' });
    expect(asked()).toBe(1);
    journey.dispatch({ kind: 'door-keys-failed', trouble: { failure: failure('DOOR_KEY_MISSING') } });
    journey.dispatch({ kind: 'door-keys-wanted' });
    expect(asked()).toBe(2);
    journey.dispatch({ kind: 'door-keys-read', keys: [web.key, newer.key] });
    journey.fires('review r1, unanswered');
    expect(asked()).toBe(3);
    expect(knock(begun, decision)).toBe('approved');
    journey.dispatch({ kind: 'door-keys-wanted' });
    expect(asked()).toBe(3);
  });
});

describe('any other review', () => {
  test('takes what its people say, and says what is proven', () => {
    const asserted = begin({});
    expect(knock(asserted, said(asserted))).toBe('approved');
    expect(rowOf(asserted, 'review-decided')).toMatchObject({ proof: 'asserted' });
    expect(rowOf(asserted, 'review-decided')).not.toHaveProperty('proofRefused');
    expect(viewOf(asserted.journey.state()).reviews[0]?.decision?.proof).toBe('asserted');
    const proven = begin({});
    expect(knock(proven, web.signs(said(proven), { caseId: CASE, at: proven.at }))).toBe('approved');
    expect(rowOf(proven, 'review-decided')).toMatchObject({ proof: 'proven' });
  });

  test('takes a signature that does not hold for none, and says why', () => {
    const begun = begin({});
    expect(knock(begun, web.signs(said(begun), { caseId: 'case-2', at: begun.at }))).toBe('approved');
    expect(rowOf(begun, 'review-decided')).toMatchObject({
      proof: 'asserted',
      proofRefused: 'PROOF_INVALID',
    });
    expect(begun.journey.play.world.outstanding.map(({ step }) => step.kind)).not.toContain('read-door-keys');
  });
});
