/**
 * Moves money between accounts until it is killed, printing each key once it is committed:
 * `committing-process.ts URL`.
 */
import { openRecordStore } from '../../stores/index.ts';

const accounts = ['a', 'b', 'c'] as const;

async function main(url: string): Promise<void> {
  const store = await openRecordStore(url);
  for (let step = 0; ; step += 1) {
    const from = accounts[step % 3] ?? 'a';
    const to = accounts[(step + 1) % 3] ?? 'b';
    const key = `k${String(step)}`;
    await store.commit({
      key,
      fence: { epoch: 1, attempt: 1 },
      tool: 'move',
      inputDigest: 'd',
      change: async (records) => {
        await records.put('accounts', from, Number(await records.get('accounts', from)) - 1);
        await records.put('accounts', to, Number(await records.get('accounts', to)) + 1);
        await records.put('moves', key, { from, to });
        return { kind: 'done', result: { from, to } };
      },
    });
    console.log(key);
  }
}

void main(process.argv[2] ?? '');
