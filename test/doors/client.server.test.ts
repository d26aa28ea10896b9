import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { startDesk, type RunningDesk } from '../client/desk.ts';
import { quietRuntime } from '../support/bed.ts';
import { tryDoor, toldBy, type Cell } from './row.ts';

let desk: RunningDesk;
let baton: BatonClient;

beforeAll(async () => {
  quietRuntime();
  desk = await startDesk();
  baton = createBatonClient({ client: desk.client, ledger: desk.ledger });
});
afterAll(() => desk.stop());

const task = { definition: 'a question' };
const circle: Record<string, unknown> = {};
circle['circle'] = circle;

/** What is no value of the type that the client's methods take: as from JavaScript. */
const untyped = (value: unknown): never => value as never;
const note = (megabytes: number): Cell => ({
  knock: () =>
    toldBy(() => baton.giveBack('any-case', { by: 'ann', note: 'x'.repeat(megabytes * 1_000_000) })),
  code: 'INPUT_TOO_LARGE',
  names: 'giveBack',
});

tryDoor(
  'client',
  {
    missing: {
      knock: () => toldBy(() => baton.open(untyped({ task }))),
      code: 'INPUT_INVALID',
      names: 'case.team',
    },
    'wrong type': {
      knock: () => toldBy(() => baton.claim('any-case', untyped({ by: 7 }))),
      code: 'INPUT_INVALID',
      names: 'claim.by',
    },
    'unknown version': {
      knock: () => toldBy(() => baton.open({ version: '9.0.0', team: 'test-desk', task })),
      code: 'VERSION_UNSUPPORTED',
      names: /supported: 1\.0\.0.*case\.version/s,
    },
    '2.5 MB': note(2.5),
    '5 MB': note(5),
    undecodable: {
      knock: () => toldBy(() => baton.open({ team: 'test-desk', task, facts: untyped(circle) })),
      code: 'INPUT_INVALID',
      names: 'a circle',
    },
    'hostile text': {
      knock: () => toldBy(() => baton.list({ owner: "x' OR WorkflowId != '" })),
      code: 'INPUT_INVALID',
      names: 'owner',
    },
  },
  async () => {
    const { caseId } = await baton.open({
      team: 'test-desk',
      task,
      message: { id: 'm-1', text: 'finish well' },
    });
    expect(await baton.result(caseId)).toMatchObject({ outcome: { outcome: 'well' } });
  },
);
