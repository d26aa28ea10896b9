import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { isJsonObject } from '../contract/json.ts';
import type { Host } from './host.ts';

/** Files and standard input are read up to this size; the contract's own limits are smaller and say so themselves. */
const INPUT_BYTES = 16 * 1_048_576;

/**
 * Reads a JSON document from a file, or from standard input for `-`.
 * @throws BatonError `INPUT_INVALID` naming the file and the place, `INPUT_TOO_LARGE`
 */
export async function readJson(host: Host, file: string, option: string): Promise<unknown> {
  const name = file === '-' ? 'standard input' : file;
  return parseJson(await readText(host, file, option), name, option);
}

/** Reads text from a file, or from standard input for `-`. Failures as {@link readJson}. */
async function readText(host: Host, file: string, option: string): Promise<string> {
  const tooLarge = (): BatonError => {
    const detail = `${file} has more than ${String(INPUT_BYTES)} bytes`;
    return new BatonError(failure('INPUT_TOO_LARGE', detail, option));
  };
  if (file === '-') {
    return host.readInput(INPUT_BYTES).catch((thrown: unknown) => {
      throw thrown instanceof RangeError ? tooLarge() : thrown;
    });
  }
  try {
    if ((await stat(file)).size > INPUT_BYTES) throw tooLarge();
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof BatonError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : 'unknown';
    throw new BatonError(failure('INPUT_INVALID', `${file} cannot be read: ${reason}`, option), {
      cause: thrown,
    });
  }
}

/** Parses JSON that was typed. @throws BatonError `INPUT_INVALID` naming the option */
function parseJson(text: string, name: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : 'unknown';
    throw new BatonError(failure('INPUT_INVALID', `${name} is not JSON: ${reason}`, option), {
      cause: thrown,
    });
  }
}

/** Parses a JSON object that was typed. @throws BatonError `INPUT_INVALID` naming the option */
export function parseJsonObject(text: string, option: string): JsonObject {
  const value = parseJson(text, option, option);
  if (isJsonObject(value)) return value;
  throw new BatonError(
    failure('INPUT_INVALID', `${option} takes a JSON object such as {"orderId":"A-1"}`, option),
  );
}

/** Text that was typed, or standard input for `-`. */
export async function textArgument(host: Host, text: string): Promise<string> {
  return text === '-' ? readText(host, '-', 'text') : text;
}

/** An id for a message whose sender gave none: each call of the command is a message of its own. */
export function newMessageId(): string {
  return `m-${randomUUID()}`;
}
