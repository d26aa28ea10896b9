import fc from 'fast-check';
import { fitSummary, summariseByRule, type SummaryMaterial } from '../../activities/context/summarise.ts';
import { tokenCounter } from '../../activities/context/tokens.ts';
import { SUMMARY_TOKENS } from '../../contract/limits.ts';
import { conversationOf } from './conversation-of.ts';

describe('a summary at the boundary', () => {
  const words = fc.array(fc.string({ maxLength: 600, unit: 'grapheme' }), { maxLength: 60 });
  const materials = fc.record({
    explanation: fc.string({ maxLength: 600 }),
    completed: words,
    remaining: words,
    messages: fc.integer({ min: 0, max: 40 }),
    note: fc.string({ maxLength: 3_000, unit: 'grapheme' }),
  });

  function materialOf(made: {
    explanation: string;
    completed: string[];
    remaining: string[];
    messages: number;
    note: string;
  }): SummaryMaterial {
    return {
      from: 'triage',
      to: 'billing',
      intent: {
        kind: 'transfer',
        to: 'billing',
        reasonCode: 'duplicate-charge',
        explanation: made.explanation,
        facts: {},
        completed: [],
        remaining: [],
        unable: [],
      },
      facts: { note: made.note, amount: 12 },
      task: {
        definition: 'help',
        constraints: {},
        acceptance: [],
        completed: made.completed,
        remaining: made.remaining,
        unable: [],
      },
      effects: [],
      recordsRead: ['order/o-1'],
      conversation: conversationOf(made.messages),
    };
  }

  test('has at most 500 tokens, and at least 200 where its source has them (X1)', async () => {
    const count = await tokenCounter();
    fc.assert(
      fc.property(materials, (made) => {
        const source = summariseByRule(materialOf(made));
        const { summary, tokens } = fitSummary(source, count);
        expect(tokens).toBe(count(JSON.stringify(summary)));
        expect(tokens).toBeLessThanOrEqual(SUMMARY_TOKENS);
        // Whatever is cut is less than one entry away from the limit, or nothing was cut.
        if (count(JSON.stringify(source)) >= 200) expect(tokens).toBeGreaterThanOrEqual(200);
        expect(summary.decision).not.toBe('');
      }),
      { numRuns: 60 },
    );
  });

  test('keeps what the sender wrote itself before anything else', async () => {
    const material = materialOf({
      explanation: '',
      completed: [],
      remaining: ['call back'],
      messages: 2,
      note: 'x',
    });
    const summary = {
      decision: 'charged twice, refund one',
      inputs: ['ch_1 and ch_2'],
      openQuestions: ['which one?'],
    };
    const fitted = fitSummary(
      summariseByRule({ ...material, intent: { ...material.intent, summary } }),
      await tokenCounter(),
    );
    expect(fitted.summary.decision).toBe(summary.decision);
    expect(fitted.summary.inputs[0]).toBe('ch_1 and ch_2');
    expect(fitted.summary.openQuestions.slice(0, 2)).toEqual(['which one?', 'call back']);
  });
});
