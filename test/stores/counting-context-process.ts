/**
 * Counts up a value by compare-and-set, with a message for each step, and prints each reference it was given:
 * `counting-context-process.ts PLACE TRACE COUNT`.
 */
import { isBatonError } from '../../contract/failures.ts';
import { messagesOf } from './context-cases.ts';
import { openContext, type ContextPlace } from './context-places.ts';

async function main(place: ContextPlace, trace: string, count: number): Promise<void> {
  const context = await openContext(place);
  const owner = { trace, caseId: 'counted', person: 'ann@example.org' };
  for (let done = 0; done < count;) {
    const version = (await context.latest(trace, 'counter'))?.version ?? 0;
    const next = version + 1;
    try {
      const references = await context.write({
        case: owner,
        // Two that count at once write different texts, so that only one of them can have the step.
        values: [{ key: 'counter', value: next, expectedVersion: version }],
        messages: messagesOf(next, next, `process ${String(process.pid)}`),
      });
      process.stdout.write(`${JSON.stringify(references[0])}\n`);
      done += 1;
    } catch (thrown) {
      if (!isBatonError(thrown) || thrown.code !== 'CONTEXT_CONFLICT') throw thrown;
    }
  }
  await context.close();
}

void main(JSON.parse(process.argv[2] ?? '') as ContextPlace, process.argv[3] ?? '', Number(process.argv[4]));
