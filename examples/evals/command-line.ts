import { parseArgs } from 'node:util';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Fault } from './fault-plan.ts';
import { faultNames, isFault } from './fault-plan.ts';

/** A fault of the command line. */
export function invalidOption(field: string, detail: string): BatonError {
  return new BatonError(failure('INPUT_INVALID', `${field}: ${detail}`, field));
}

/**
 * Reads a list such as `1,2,3`; repeated items count once.
 * @param what what the items are, for the message
 * @throws BatonError `INPUT_INVALID` for an empty item
 */
export function listOption(option: string, text: string, what: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === ''))
    throw invalidOption(option, `"${text}" has an empty item; give ${what}`);
  return [...new Set(items)];
}

/**
 * Reads a whole number within bounds.
 * @throws BatonError `INPUT_INVALID` naming the bounds
 */
export function numberOption(
  option: string,
  text: string | undefined,
  least: number,
  greatest: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= greatest) return value;
  throw invalidOption(option, `"${text}" is not a whole number from ${least} to ${greatest}`);
}

/**
 * Reads the names of faults to rehearse.
 * @throws BatonError `INPUT_INVALID` naming those there are
 */
export function faultsOption(text: string | undefined): readonly Fault[] {
  if (text === undefined) return [];
  const names = listOption('--faults', text, `names such as ${faultNames().join(',')}`);
  return names.map((name) => {
    if (isFault(name)) return name;
    throw invalidOption(
      '--faults',
      `there is no rehearsal of ${name}; choose from ${faultNames().join(', ')}`,
    );
  });
}

/** Why the command line could not be read, with how it is written. */
export function misread(thrown: unknown, usage: string): BatonError {
  const why = thrown instanceof Error ? (thrown.message.split('. ')[0] ?? thrown.message) : String(thrown);
  return invalidOption('command line', `${why}\n${usage}`);
}

/**
 * The options of an eval that reads one labelled file.
 * @throws BatonError `INPUT_INVALID`, with the usage
 */
export function fileOptions(
  args: readonly string[],
  usage: string,
): { readonly data: string; readonly json: boolean } {
  try {
    const options = { data: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options });
    if (values.data === undefined) throw new Error('--data is missing');
    return { data: values.data, json: values.json ?? false };
  } catch (thrown) {
    throw misread(thrown, usage);
  }
}
