import { setTimeout as wait } from 'node:timers/promises';
import { createBatonClient } from '../../client/baton-client.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { startPostgres, type OwnedPostgres } from '../../scripts/postgres.ts';
import { openLedgerStore, openManifestStore, openRecordStore } from '../../stores/index.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { createGates } from '../support/gates.ts';
import { COUNTS, heldTeam, type StoreAnswer } from '../support/held-team.ts';

let postgres: OwnedPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

/** A desk whose ledger and records are in PostgreSQL, under one address. */
interface PostgresDesk {
  readonly bed: Bed;
  readonly records: RecordStore;
  readonly open: (words: string) => Promise<CaseDriver>;
  readonly answers: readonly StoreAnswer[];
}

/** What a test leaves open, however it ends. */
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function openDesk(
  url: string,
  on: {
    readonly moment?: (moment: string) => void;
    readonly heard?: (answers: number) => void;
  },
): Promise<PostgresDesk> {
  const name = unique('postgres');
  const ledger = await openLedgerStore(url);
  const manifests = await openManifestStore(url);
  const records = await openRecordStore(url);
  const answers: StoreAnswer[] = [];
  const team = heldTeam({
    name,
    records: () => records,
    pass: async (moment) => {
      on.moment?.(moment);
      return Promise.resolve();
    },
    heard: async (answer) => {
      answers.push(answer);
      on.heard?.(answers.length);
      return Promise.resolve();
    },
    // As tools are retried by default, with margin for a machine on which a database needs long to come back.
    retry: { attempts: 10 },
  });
  const bed = await openBed({ teams: [team], stores: { ledger, manifests } });
  closers.unshift(async () => {
    await bed.close();
    await Promise.all([ledger.close(), manifests.close(), records.close()]);
  });
  return {
    bed,
    records,
    answers,
    open: (words) => openCase(bed, team, { message: { id: 'first', text: words } }),
  };
}

/** The ledger of a closed case is sound, whole, and ends where the result says. */
async function expectSoundLedger({ bed }: PostgresDesk, { id }: CaseDriver): Promise<void> {
  const baton = createBatonClient({ client: bed.client, ledger: bed.ledger });
  expect(await baton.verify(id)).toMatchObject({
    ok: true,
    closed: true,
    lag: 0,
    anchored: true,
    faults: [],
  });
}

test('F04: PostgreSQL crashes three times, down for up to 2 s: every case finishes, every ledger is whole', async () => {
  const cases = 10;
  const effects = ['a', 'b', 'c', 'd'];
  // After so many answers of the store it crashes, and stays down for so many milliseconds.
  const crashes = [
    { after: 5, downMs: 0 },
    { after: 18, downMs: 700 },
    { after: 30, downMs: 2_000 },
  ];
  const gates = createGates();
  const desk = await openDesk(postgres.url, {
    heard: (answers) => {
      if (crashes.some(({ after }) => after === answers)) void gates.pass(`answer ${String(answers)}`);
    },
  });
  const words = (index: number): string => effects.map((one) => `f04-${String(index)}${one}`).join(' ');
  const drivers = await Promise.all(
    Array.from({ length: cases }, (_, index) => desk.open(`${words(index)} finish`)),
  );
  for (const { after, downMs } of crashes) {
    await gates.reached(`answer ${String(after)}`);
    await postgres.kill('immediate');
    await wait(downMs);
    await postgres.start();
  }
  for (const driver of drivers) {
    expect(await driver.result()).toMatchObject({
      outcome: { outcome: effects.map(() => 'done').join(' ') },
      saga: 'kept',
    });
    await expectSoundLedger(desk, driver);
  }
  const { [COUNTS]: counts = {} } = await desk.records.snapshot();
  const mine = Object.entries(counts).filter(([id]) => id.startsWith('f04-'));
  expect(mine).toHaveLength(cases * effects.length);
  expect(mine.filter(([, count]) => count !== 1)).toEqual([]);
  const fresh = desk.answers.filter(({ outcome }) => outcome.kind === 'committed' && !outcome.repeated);
  expect(fresh.length).toBeLessThanOrEqual(cases * effects.length);
}, 360_000);

test('F05: the line breaks after COMMIT was carried out: the retry finds the key, and no row is there twice', async () => {
  const proxy = await startCuttingProxy(postgres.url);
  closers.push(() => proxy.stop());
  const cutAt: Readonly<Record<string, string>> = {
    // The rows that travel with the effect after this turn.
    'turn f05 1': 'INSERT INTO baton_ledger',
    'commit f05 1': 'COMMIT',
    'undo f05 1': 'COMMIT',
  };
  const desk = await openDesk(proxy.url, {
    moment: (moment) => {
      const statement = cutAt[moment];
      if (statement !== undefined) proxy.cutAfter(statement);
    },
  });
  const driver = await desk.open('f05 wait');
  await driver.until((view) => view.stage === 'waiting-user' && view.ledgerLag === 0);
  expect(await desk.records.get(COUNTS, 'f05')).toBe(1);
  await driver.handle.cancel();
  expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' }, saga: 'compensated' });
  expect(proxy.cuts()).toBe(3);
  // Of the attempts that were cut off nobody heard anything.
  expect(desk.answers).toEqual([
    { of: 'f05 2', outcome: { kind: 'committed', result: 1, repeated: true } },
    { of: 'f05 2', outcome: { kind: 'undone', repeated: true } },
  ]);
  expect(await desk.records.get(COUNTS, 'f05')).toBeUndefined();
  await expectSoundLedger(desk, driver);
});
