/**
 * Counts up one record under keys of its own, and tries keys that others try too:
 * `counting-process.ts URL NAME COUNT`.
 */
import { openRecordStore } from '../../stores/index.ts';

async function main(url: string, name: string, count: number): Promise<void> {
  const store = await openRecordStore(url);
  for (let step = 0; step < count; step += 1) {
    for (const key of [`${name}-${String(step)}`, `shared-${String(step)}`]) {
      const outcome = await store.commit({
        key,
        fence: { epoch: 1, attempt: 1 },
        tool: 'count',
        inputDigest: 'd',
        change: async (records) => {
          const counted = Number(await records.get('counters', 'c')) + 1;
          await records.put('counters', 'c', counted);
          return { kind: 'done', result: counted };
        },
      });
      if (outcome.kind !== 'committed') throw new Error(outcome.kind);
    }
  }
  await store.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '', Number(process.argv[4]));
