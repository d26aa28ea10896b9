import { parseArgs } from 'node:util';
import { BatonError, failure } from '../../../contract/failures.ts';
import type { Fault } from './fault-plan.ts';
import { faultNames, isFault } from './fault-plan.ts';

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
  if (values.data === undefined) throw invalid('--data', 'missing; give the folder of the data set');
  return {
    data: values.data,
    tasks: values.tasks === undefined ? undefined : list('--tasks', values.tasks, 'ids such as 0,1,2'),
    abortAfter: number('--abort-after', values['abort-after'], 1, most.abortAfter),
    faults: faultsOf(values.faults),
    seed: number('--seed', values.seed, 0, most.seed) ?? 1,
    concurrency: number('--concurrency', values.concurrency, 1, most.concurrency) ?? 6,
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
    const why = thrown instanceof Error ? (thrown.message.split('. ')[0] ?? thrown.message) : String(thrown);
    throw invalid('command line', `${why}\n${USAGE}`);
  }
}

function faultsOf(text: string | undefined): readonly Fault[] {
  if (text === undefined) return [];
  const names = list('--faults', text, `names such as ${faultNames().join(',')}`);
  return names.map((name) => {
    if (isFault(name)) return name;
    throw invalid('--faults', `there is no rehearsal of ${name}; choose from ${faultNames().join(', ')}`);
  });
}

function list(option: string, text: string, what: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) throw invalid(option, `"${text}" has an empty item; give ${what}`);
  return [...new Set(items)];
}

function number(
  option: string,
  text: string | undefined,
  least: number,
  greatest: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= greatest) return value;
  throw invalid(option, `"${text}" is not a whole number from ${least} to ${greatest}`);
}

function invalid(field: string, detail: string): BatonError {
  return new BatonError(failure('INPUT_INVALID', `${field}: ${detail}`, field));
}
