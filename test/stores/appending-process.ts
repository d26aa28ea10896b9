/** Appends the rows of one trace, a few at a time: `appending-process.ts URL COUNT`. */
import { openLedgerStore } from '../../stores/index.ts';
import { chainOfLength } from './ledger-rows.ts';

async function main(url: string, count: number): Promise<void> {
  const ledger = await openLedgerStore(url);
  const rows = chainOfLength('shared', count);
  for (let from = 0; from < rows.length; from += 3) await ledger.append(rows.slice(from, from + 3));
  await ledger.close();
}

void main(process.argv[2] ?? '', Number(process.argv[3]));
