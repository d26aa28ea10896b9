import type { ModelStep } from '../../testing/scripted-model.ts';
import { unique } from '../support/bed.ts';
import { memoryContext } from '../support/memory-context.ts';
import { boundaries, done, modelDesk, pay, toBilling, toldIn, why } from '../support/model-desk.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('mistaken');
const context = memoryContext();
const message = { id: 'first', text: 'My order A1 was charged twice' };

/** A model that errs so often, and what is in the ledger. */
function erring(
  name: string,
  wrong: ModelStep,
  code: string,
  more: { readonly told?: string; readonly then?: readonly ModelStep[] } = {},
): readonly Journey[] {
  const mended = modelDesk(pool, [wrong, ...(more.then ?? [done])]);
  const stubborn = modelDesk(pool, [wrong, wrong, wrong]);
  return [
    {
      name: `${name}: told, and mended`,
      team: mended.team,
      play: async ({ open }) => {
        const driver = await open({ message });
        expect(await driver.result()).toMatchObject({ outcome: { outcome: 'answered' } });
        expect(await boundaries(driver)).toContain(`turn-refused ${code}`);
        expect(toldIn(mended.script.requests.findLast((one) => one.messages.length > 1))).toContain(
          more.told ?? code.toLowerCase().slice(6, 10),
        );
        expect(mended.paid[driver.id]).toBeUndefined();
      },
    },
    {
      name: `${name}: three times, and a person sees it`,
      team: stubborn.team,
      play: async ({ open }) => {
        const driver = await open({ message });
        const { deadLetters } = await driver.until((view) => view.openDeadLetters > 0);
        expect(deadLetters).toMatchObject([{ kind: 'turn', failure: { code }, status: 'open' }]);
        expect(deadLetters[0]?.attempts).toHaveLength(3);
        expect(stubborn.paid[driver.id]).toBeUndefined();
        // What it said stands in the store, as it said it.
        const { references } = await context.inventory((await driver.view()).trace);
        expect(references.filter((one) => one.key.startsWith('model:triage:'))).toHaveLength(3);
        await driver.handle.cancel();
        await driver.result();
        // Rows may come after what they tell of; of a closed case they are all there.
        const refused = (await boundaries(driver)).filter((one) => one.startsWith('turn-refused'));
        expect(refused).toEqual(Array(3).fill(`turn-refused ${code}`));
      },
    },
  ];
}

playJourneys(
  [
    erring(
      'arguments that a tool does not take',
      { calls: [{ name: 'find-order', arguments: { order: 7 } }] },
      'MODEL_ARGUMENTS_INVALID',
      { told: 'expected string, received number' },
    ),
    erring(
      'arguments that are no JSON',
      { calls: [{ name: 'find-order', arguments: '{"order": ' }] },
      'MODEL_ARGUMENTS_INVALID',
      { told: 'no JSON' },
    ),
    erring(
      'a transfer without what its receiver needs',
      { calls: [{ name: 'transfer_to_legal', arguments: { ...why, facts: { order: 'A1', claim: 'x' } } }] },
      'MODEL_ARGUMENTS_INVALID',
      { told: 'claim' },
    ),
    erring(
      'a transfer without a reason',
      { calls: [{ name: 'transfer_to_billing', arguments: { facts: {} } }] },
      'MODEL_ARGUMENTS_INVALID',
      { told: 'reason_code' },
    ),
    erring(
      'a tool that there is not',
      { calls: [{ name: 'delete-everything', arguments: {} }] },
      'MODEL_TOOL_UNKNOWN',
      { told: 'find-order' },
    ),
    erring(
      'two transfers at once',
      { calls: [toBilling, { name: 'transfer_to_legal', arguments: { ...why, facts: {} } }] },
      'MODEL_CHOICE_UNCLEAR',
      { told: 'transfer_to_billing, transfer_to_legal' },
    ),
    erring('a transfer beside a write', { calls: [pay, toBilling] }, 'MODEL_CHOICE_UNCLEAR', {
      told: 'at once',
    }),
    erring('an ending beside a write', { calls: [pay, ...(done.calls ?? [])] }, 'MODEL_CHOICE_UNCLEAR', {
      told: 'at once',
    }),
    erring('nothing at all', {}, 'MODEL_ANSWER_EMPTY', { told: 'said nothing' }),
    erring('an answer held back', { text: 'No', finish: 'filtered' }, 'MODEL_ANSWER_EMPTY', {
      told: 'held it back',
    }),
    erring('an answer cut', { text: 'It is so th', finish: 'length' }, 'MODEL_ANSWER_CUT', { told: 'cut' }),
    erring('one write twice in one answer', { calls: [pay, pay] }, 'MODEL_CALL_REPEATED', {
      told: 'repeats',
    }),
  ].flat(),
  { context },
);
