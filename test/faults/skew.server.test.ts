import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { compareLedger, eventsOf } from '../support/ledger-of-history.ts';
import { startBuild } from '../support/skew-processes.ts';
import { skewTeam, type Build } from '../support/skew-team.ts';

// F21: one agent's new version with a new `accepts` is deployed while cases are in flight (H11).
const name = unique('skew');
const teams = { old: skewTeam(name, 'old'), new: skewTeam(name, 'new') };

/** The beds serve cases, each pinned to what its build resolves; agents are left to processes. */
let beds: Record<Build, Bed>;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const old = await openBed({ teams: [teams.old], unserved: [name] });
  const { ledger, manifests } = old;
  beds = { old, new: await openBed({ teams: [teams.new], unserved: [name], stores: { ledger, manifests } }) };
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await beds.new.close();
  await beds.old.close();
});

async function start(build: Build): Promise<() => Promise<void>> {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const stop = await startBuild({ build, address, team: name, ledger: `file:${beds.old.folder}/ledger.db` });
  stops.push(stop);
  return stop;
}

const open = (build: Build): Promise<CaseDriver> => openCase(beds[build], teams[build]);

async function answered(driver: CaseDriver): Promise<string | undefined> {
  const view = await driver.until((one) => one.stage === 'waiting-user');
  return view.transcript.findLast((message) => message.from.kind === 'agent')?.text;
}

/** Ends a case that waits for its user. */
async function goOn(driver: CaseDriver): Promise<unknown> {
  await driver.say('go on', 'second');
  const { outcome } = await driver.result();
  const { handoffs, path } = await driver.view();
  expect(path).toEqual(['front', 'desk', 'back']);
  expect(handoffs.map((one) => one.status)).toEqual(['completed', 'completed']);
  const { stored, told } = await compareLedger(beds.old.client, beds.old.ledger, driver.id);
  expect(stored).toEqual(told);
  return outcome;
}

async function tooOld(driver: CaseDriver): Promise<number> {
  const events = await eventsOf(beds.old.client, driver.id);
  return events.filter(
    (event) =>
      event.activityTaskFailedEventAttributes?.failure?.cause?.applicationFailureInfo?.type ===
        'WORKER_TOO_OLD' ||
      event.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.type === 'WORKER_TOO_OLD',
  ).length;
}

test('old and new builds of an agent serve cases in flight both ways, and none is dropped', async () => {
  const stopOld = await start('old');
  const inFlight = await open('old');
  expect(await answered(inFlight)).toBe('1.0.0 has 1 May');
  const stays = await open('old');
  expect(await answered(stays)).toBe('1.0.0 has 1 May');

  // The deploy has reached whoever opens cases, and no worker yet: the old one leaves the offer to a newer one.
  const ahead = await open('new');
  await ahead.until((view) => view.stage === 'pending');
  await start('new');
  expect(await answered(ahead)).toBe('1.1.0 has 1 May');
  expect(await tooOld(ahead)).toBeGreaterThan(0);
  expect((await ahead.view()).handoffs).toMatchObject([
    { status: 'accepted', adapted: [{ from: 'date', to: 'day' }] },
  ]);

  // Both builds run: the pinned version decides what crosses, whoever serves it.
  const outcome = await goOn(stays);
  expect([
    { kind: 'finished', outcome: 'back has 1 May, moved by 1.0.0' },
    { kind: 'finished', outcome: 'back has 1 May, moved by 1.1.0' },
  ]).toContainEqual(outcome);

  // Only the new build is left: it reads the old case, and speaks its words on the way out.
  await stopOld();
  expect(await goOn(inFlight)).toEqual({ kind: 'finished', outcome: 'back has 1 May, moved by 1.1.0' });
  expect(await goOn(ahead)).toEqual({ kind: 'finished', outcome: 'back has 1 May, moved by 1.1.0' });
}, 360_000);
