import { rm } from 'node:fs/promises';
import { renamed, smallFolder, writeFolder } from './small-folder.ts';
import { runEval } from '../run-eval.ts';

let folder: string;
beforeAll(async () => {
  const { schema } = smallFolder();
  // The salons of the next build have forgotten everything but the place.
  const forgetful = renamed(schema).map((service, index) =>
    index === 1 ? { ...service, slots: service.slots.slice(0, 1) } : service,
  );
  folder = await writeFolder(smallFolder(), { 'next.json': forgetful });
});
afterAll(() => rm(folder, { recursive: true }));

const evaluate = (...args: readonly string[]): Promise<unknown> => runEval('sgd', folder, args);

const audited = { closed: 2, auditedSuccess: 2, auditedShare: 1 };
const right = {
  ...audited,
  dialogues: 2,
  handoffs: 3,
  routed: 3,
  carried: 5,
  lost: 0,
  wrong: 0,
  silent: 0,
  failed: [],
};

it('carries what nobody says, refuses, mends and compensates, with a worker killed and all repeated', async () => {
  const totals = await evaluate('--faults', 'F01,F07');
  expect(totals).toEqual({ ...right, adapted: 0, refused: 0, compensated: 1 });
}, 360_000);

it('adapts what the next build of the receivers calls otherwise, and refuses what it lacks', async () => {
  const totals = await evaluate('--skew', 'next.json');
  expect(totals).toEqual({ ...right, adapted: 4, refused: 1, compensated: 1 });
}, 360_000);
