import { doorTrace, keptText } from '../../../contract/kept-text.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { openDesk, perform, TRACE } from '../activity-desk.ts';

test('signals of a private team are read out of what was said, not out of its reference', async () => {
  const context = memoryContext();
  const desk = openDesk({}, [], { context });
  const caseId = 'case-1';
  const keep = async (key: string, text: string): Promise<string> => {
    const [reference] = await context.write({
      case: { trace: doorTrace(caseId), caseId },
      values: [{ key, value: { value: text, salt: 'salt' }, expectedVersion: 0 }],
    });
    if (!reference) throw new Error('nothing was kept');
    return keptText(reference);
  };
  const said = 'I want to speak to a human, this is a legal notice about my refund';
  const words = await keep(`door:${'a'.repeat(64)}`, said);
  const signals = await perform(desk, 'assess', {
    version: '1.0.0',
    caseId,
    trace: TRACE,
    text: words,
    earlier: [await keep(`door:${'b'.repeat(64)}`, said)],
    keywords: { money: ['refund'] },
  });
  expect(signals).toMatchObject({
    language: 'en',
    asksForHuman: true,
    legal: true,
    repeats: 1,
    keywords: ['money'],
  });
  expect(JSON.stringify(signals)).not.toContain('human,');
});
