import { failure, type FailureCode } from '../../contract/failures.ts';
import { chainOfLength } from '../stores/ledger-rows.ts';
import { contextOf, failureOf, openDesk, perform, TRACE } from './activity-desk.ts';

test('appends the rows it is given and says how far the ledger got', async () => {
  const desk = openDesk();
  const rows = chainOfLength(TRACE, 7);
  expect(await perform(desk, 'record', contextOf(desk, { rows }))).toMatchObject({ recordedThrough: 7 });
  expect(desk.appended).toEqual(rows);
  expect(await perform(desk, 'record', contextOf(desk, { rows: [] }))).toEqual({
    recordedThrough: 0,
  });
});

test.each<[FailureCode, boolean]>([
  // Other than the activities that work: a ledger that is away is waited for before anything ends.
  ['STORE_UNAVAILABLE', false],
  ['LEDGER_DIVERGED', true],
  ['LEDGER_GAP', true],
])('insists: %s fails it', async (code, nonRetryable) => {
  const desk = openDesk();
  desk.failLedgerWith = failure(code);
  const failed = await failureOf(perform(desk, 'record', contextOf(desk)));
  expect(failed).toMatchObject({ type: code, nonRetryable });
});

describe('resolve-team', () => {
  test('keeps the manifest under its digest, so that any worker can read it', async () => {
    const desk = openDesk();
    expect(await perform(desk, 'resolve-team', { team: 'support' })).toEqual(desk.team.manifest);
    expect(desk.manifests.get(desk.team.digest)).toEqual(desk.team.manifest);
  });

  test('names the teams there are', async () => {
    const desk = openDesk();
    const failed = await failureOf(perform(desk, 'resolve-team', { team: '__proto__' }));
    expect(failed).toMatchObject({ type: 'TEAM_UNKNOWN', nonRetryable: true });
    expect(failed.message).toContain('teams here: support');
  });
});

test('there is an activity for each name of the contract, and no other', () => {
  const desk = openDesk();
  expect(Object.keys(desk.activities).toSorted()).toEqual(
    [
      'assess',
      'consult',
      'door-keys',
      'effect',
      'fetch-policy',
      'handoff',
      'look',
      'preview',
      'readiness',
      'record',
      'report-failure',
      'resolve-team',
      'seal',
      'turn',
      'undo',
    ].toSorted(),
  );
});
