import { parseArgs } from 'node:util';
import { faultsOption, invalidOption, listOption, misread, numberOption } from '../command-line.ts';
import type { Fault } from '../fault-plan.ts';

/** What one run of the eval is told. */
export interface EvalOptions {
  /** Folder with `db.json`, `tasks.json` and `oracle.json`. */
  readonly data: string;
  /** Ids of tasks; all when absent. */
  readonly tasks: readonly string[] | undefined;
  /** Cancel each task after so many effects. */
  readonly abortAfter: number | undefined;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Tasks at once. */
  readonly concurrency: number;
  readonly json: boolean;
}

/** How it is called. */
const USAGE = `Usage: npm run eval -- tau2-retail --data DIR [options]
  --data DIR        folder with db.json, tasks.json and oracle.json
  --tasks 0,1,2     only these tasks
  --abort-after N   cancel each task after its Nth effect; the database must be as before
  --faults F01,F03  rehearse faults: F01 worker killed after an effect, F03 server killed and restarted,
                    F07 duplicated requests and messages, F22 cancel at any offset
  --seed N          seed of the faults (1)
  --concurrency N   tasks at once (6)
  --json            one object per task, and the totals as the last line`;

const most = { abortAfter: 1_000, seed: 2 ** 32 - 1, concurrency: 64 } as const;

/**
 * Reads the command line after `tau2-retail`.
 * @throws BatonError `INPUT_INVALID` naming the option and what it takes
 */
export function parseOptions(args: readonly string[]): EvalOptions {
  const values = parsedValues(args);
  if (values.data === undefined) throw invalidOption('--data', 'missing; give the folder of the data set');
  return {
    data: values.data,
    tasks: values.tasks === undefined ? undefined : listOption('--tasks', values.tasks, 'ids such as 0,1,2'),
    abortAfter: numberOption('--abort-after', values['abort-after'], 1, most.abortAfter),
    faults: faultsOption(values.faults),
    seed: numberOption('--seed', values.seed, 0, most.seed) ?? 1,
    concurrency: numberOption('--concurrency', values.concurrency, 1, most.concurrency) ?? 6,
    json: values.json ?? false,
  };
}

type Values = Partial<
  Record<'data' | 'tasks' | 'abort-after' | 'faults' | 'seed' | 'concurrency', string>
> & {
  readonly json?: boolean;
};

function parsedValues(args: readonly string[]): Values {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        data: text,
        tasks: text,
        'abort-after': text,
        faults: text,
        seed: text,
        concurrency: text,
        json: { type: 'boolean' },
      },
    });
    return values;
  } catch (thrown) {
    throw misread(thrown, USAGE);
  }
}
