import { parseArgs } from 'node:util';
import { faultsOption, invalidOption, listOption, misread, numberOption } from '../command-line.ts';
import type { Fault } from '../fault-plan.ts';

/** What one run of the eval is told. */
export interface SgdOptions {
  /** Folder with `schema.json` and `dialogues.jsonl`. */
  readonly data: string;
  /** File with other names for the same services; receivers then use those. */
  readonly skew: string | undefined;
  /** Ids of dialogues; all when absent. */
  readonly dialogues: readonly string[] | undefined;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Dialogues at once. */
  readonly concurrency: number;
  readonly json: boolean;
}

/** How it is called. */
const USAGE = `Usage: npm run eval -- sgd --data DIR [options]
  --data DIR          folder with schema.json and dialogues.jsonl
  --skew FILE         other names for the same services, paired by position: receivers run with them
  --dialogues A,B     only these dialogues
  --faults F01,F07    rehearse faults: F01 worker killed after an effect, F03 server killed and restarted,
                      F07 duplicated requests and messages, F22 cancel at any offset
  --seed N            seed of the faults (1)
  --concurrency N     dialogues at once (4)
  --json              one object per dialogue, and the totals as the last line`;

/**
 * Reads the command line after `sgd`.
 * @throws BatonError `INPUT_INVALID` naming the option and what it takes
 */
export function parseSgdOptions(args: readonly string[]): SgdOptions {
  const values = parsedValues(args);
  if (values.data === undefined) throw invalidOption('--data', 'missing; give the folder of the data set');
  const { dialogues } = values;
  return {
    data: values.data,
    skew: values.skew,
    dialogues:
      dialogues === undefined ? undefined : listOption('--dialogues', dialogues, 'ids such as 1_00000'),
    faults: faultsOption(values.faults),
    seed: numberOption('--seed', values.seed, 0, 2 ** 32 - 1) ?? 1,
    concurrency: numberOption('--concurrency', values.concurrency, 1, 64) ?? 4,
    json: values.json ?? false,
  };
}

type Values = Partial<Record<'data' | 'skew' | 'dialogues' | 'faults' | 'seed' | 'concurrency', string>> & {
  readonly json?: boolean;
};

function parsedValues(args: readonly string[]): Values {
  const text = { type: 'string' } as const;
  try {
    const options = {
      ...{ data: text, skew: text, dialogues: text, faults: text, seed: text, concurrency: text },
      json: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (thrown) {
    throw misread(thrown, USAGE);
  }
}
