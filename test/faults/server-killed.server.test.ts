import { createBatonClient } from '../../client/baton-client.ts';
import { untilAnswered } from '../../examples/evals/patience.ts';
import { startTemporalServer, type OwnedTemporalServer } from '../../scripts/temporal-server.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/index.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { createGates } from '../support/gates.ts';
import { COUNTS, heldTeam } from '../support/held-team.ts';

let server: OwnedTemporalServer;
let bed: Bed | undefined;
let records: RecordStore;
beforeAll(async () => {
  server = await startTemporalServer({ headless: true });
});
afterAll(async () => {
  await bed?.close();
  await records.close();
  await server.stop();
});

/** Cases under way at once, and what each of them writes. */
const cases = 12;
const effects = ['a', 'b', 'c', 'd'];
/** The server is killed after so many effects, of 48. */
const killsAfter = [6, 20, 34];

test('F03: the server killed three times under load: every case finishes, every effect is there once', async () => {
  const name = unique('server-killed');
  const gates = createGates();
  let made = 0;
  const team = heldTeam({
    name,
    records: () => records,
    pass: () => Promise.resolve(),
    heard: () => {
      made += 1;
      if (killsAfter.includes(made)) void gates.pass(String(made));
      return Promise.resolve();
    },
  });
  const opened = await openBed({ teams: [team], address: server.address });
  bed = opened;
  records = await openRecordStore(`file:${opened.folder}/records.db`);
  const baton = createBatonClient({ client: opened.client, ledger: opened.ledger });
  const ids = Array.from({ length: cases }, (_, index) => String(index));
  const handles = await Promise.all(
    ids.map((id) => {
      const text = [...effects.map((effect) => `${id}${effect}`), 'finish'].join(' ');
      return opened.open(team, { message: { id: 'first', text } });
    }),
  );
  for (const after of killsAfter) {
    await gates.reached(String(after));
    await server.kill();
    await server.restart();
  }
  const deadline = Date.now() + 60_000;
  for (const { workflowId } of handles) {
    const result = await untilAnswered(deadline, () => baton.result(workflowId));
    expect(result).toMatchObject({
      outcome: { outcome: effects.map(() => 'done').join(' ') },
      saga: 'kept',
      path: ['reception', 'clerk'],
    });
    expect(await baton.verify(workflowId)).toMatchObject({ ok: true, closed: true, lag: 0, anchored: true });
  }
  const written = ids.flatMap((id) => effects.map((effect): [string, number] => [`${id}${effect}`, 1]));
  expect(await records.snapshot()).toEqual({ [COUNTS]: Object.fromEntries(written) });
}, 360_000);
