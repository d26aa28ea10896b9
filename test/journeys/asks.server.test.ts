import { z } from 'zod';
import { defineTool } from '../../activities/define-tool.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import { scriptedModel } from '../../testing/scripted-model.ts';
import { unique } from '../support/bed.ts';
import { historyText } from '../support/ledger-of-history.ts';
import { memoryContext } from '../support/memory-context.ts';
import { askedFor, boundaries, modelDesk, OrderFacts, toldIn } from '../support/model-desk.ts';
import { playJourneys, type Journey } from './journey.ts';

const pool = unique('asks');
const message = { id: 'first', text: 'My order A1 was charged twice' };

/** Triage asks billing, which has a model too, writes, and answers; triage keeps the case and speaks to the user. */
function asksBilling(): Journey {
  const written: Record<string, string[]> = {};
  const note = defineTool({
    name: 'note',
    description: 'Notes a refund',
    input: z.object({ order: z.string() }),
    effect: 'write',
    run: ({ input, key, caseId }) => {
      written[caseId] = [...(written[caseId] ?? []), key];
      return Promise.resolve({ kind: 'done', result: { noted: input.order } });
    },
    undo: () => Promise.resolve({ kind: 'undone' }),
  });
  const asked = scriptedModel('test:billing-1', [
    { text: 'I note it.', calls: [{ name: 'note', arguments: { order: 'A1' } }] },
    { text: 'Noted: 40 EUR go back.' },
  ]);
  const billing = defineModelAgent({
    name: 'billing',
    version: '1.0.0',
    domain: 'finance',
    scope: 'Refunds',
    accepts: OrderFacts,
    pool,
    tools: [note],
    instructions: 'See to refunds.',
    model: asked.model,
  });
  const question = { reason_code: 'pay-back', question: 'Pay A1 back, please', facts: { order: 'A1' } };
  const desk = modelDesk(
    pool,
    [
      { text: 'I ask.', calls: [{ name: 'ask_billing', arguments: question }] },
      { calls: [{ name: 'finish', arguments: { outcome: 'paid', text: 'It is on its way.' } }] },
    ],
    { billing, asksBilling: true },
  );
  return {
    name: 'an agent asks another one, which works on its pool and owns nothing; the answer comes to the next turn',
    team: desk.team,
    play: async ({ open, bed }) => {
      const driver = await open({ message });
      expect(await driver.result()).toMatchObject({
        outcome: { outcome: 'paid' },
        path: ['triage'],
        hops: 0,
      });
      // What the one who is asked says, the user does not hear.
      expect((await driver.view()).transcript.map((one) => one.text)).toEqual([
        message.text,
        'I ask.',
        'It is on its way.',
      ]);
      expect(toldIn((await askedFor(driver, desk.script)).at(-1))).toContain('Noted: 40 EUR go back.');
      const [first] = await askedFor(driver, asked);
      expect(toldIn(first)).toContain('You are asked by triage (pay-back)');
      expect(toldIn(first)).not.toContain(message.text);
      expect(first?.tools.map((one) => one.name)).toEqual(['note', 'return_to_previous']);
      expect(written[driver.id]).toHaveLength(1);
      expect((await boundaries(driver)).filter((one) => one.startsWith('ask-'))).toEqual([
        'ask-opened',
        'ask-answered',
      ]);
      expect(await historyText(bed.client, driver.id)).toContain('triage asks billing: pay-back, turn 2');
    },
  };
}

playJourneys([asksBilling()], { context: memoryContext() });
