import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { memoryContext } from '../support/memory-context.ts';
import { askedFor, done, look, modelDesk, pay, toldIn, type ModelDesk } from '../support/model-desk.ts';

const pool = unique('constrained');
const desks = {
  actions: modelDesk(pool, [{ calls: [pay] }, look, done]),
  budget: modelDesk(pool, [look, look, look], { maxOutputTokens: 1_000, limits: { costUsd: 5 } }),
};
let bed: Bed;
beforeAll(async () => {
  bed = await openBed({
    teams: Object.values(desks).map((desk) => desk.team),
    context: memoryContext(),
    models: { prices: { 'test:scripted-1': { inputUsd: 2, outputUsd: 10 } } },
  });
});
afterAll(() => bed.close());

/** Opens a case under constraints of its own. */
function open(desk: ModelDesk, constraints: object): Promise<CaseDriver> {
  const task = { definition: 'charged twice', constraints };
  return openCase(bed, desk.team, { task, message: { id: 'm-1', text: 'My order A1' } });
}

test('a model is offered what the case allows alone, and what it calls beside that is not done', async () => {
  const driver = await open(desks.actions, { allowedActions: ['find-order'] });
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'answered' } });
  const [first, second] = await askedFor(driver, desks.actions.script);
  const offered = first?.tools.map((one) => one.name) ?? [];
  expect(offered).toContain('find-order');
  expect(offered).not.toContain('refund');
  expect(desks.actions.paid).toEqual({});
  expect((await driver.view()).effects).toEqual([]);
  expect(toldIn(second)).toContain(
    'the case allows other actions only: refund; this case allows: find-order',
  );
});

test('the budget of a case stops it before the call that could exceed it, whatever its team allows', async () => {
  const driver = await open(desks.budget, { budgetUsd: 0.0001 });
  const view = await driver.until((one) => one.owner === 'people:desk');
  expect(view.handoffs).toMatchObject([{ reasonCode: 'BUDGET_SPENT' }]);
  expect(await askedFor(driver, desks.budget.script)).toEqual([]);
  await driver.handle.cancel();
  await driver.result();
});

test('a case that allows an action that nobody has fails before anybody works on it, and says which there are', async () => {
  const driver = await open(desks.actions, { allowedActions: ['find-order', 'fly'] });
  await expect(driver.result()).rejects.toMatchObject({
    cause: {
      type: 'INPUT_INVALID',
      message: expect.stringContaining('no tool is called fly; tools of') as unknown,
    },
  });
});
