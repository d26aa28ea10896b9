import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { BatonError, failure } from './failures.ts';
import { versionSchema } from './words.ts';

/** Variable that says where agents elsewhere may call. */
const VARIABLE = 'BATON_A2A_CALLBACK';

const Callback = z.strictObject({
  version: versionSchema(),
  /** Where the service is reached from outside, such as `https://desk.example`. */
  url: z.url(),
  /** Makes the tokens of all tasks: the same for whoever asks for tasks and for the service. */
  secret: z.string().min(32).max(1_000),
});
/** Where agents elsewhere may call when there is news of a task. */
export type A2aCallback = z.output<typeof Callback>;

/** A task as its callback names it. */
export interface CalledTask {
  /** Whole id of the case that waits. */
  readonly caseId: string;
  /** Key of the task's effect. */
  readonly key: string;
}

/**
 * Reads where agents elsewhere may call, from JSON; undefined, and so by polling alone, where nothing is said.
 * @throws BatonError `CONFIGURATION_INVALID` naming the fields at fault, never quoting a value
 */
export function readA2aCallback(text: string | undefined): A2aCallback | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = Callback.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new BatonError(failure('CONFIGURATION_INVALID', `${VARIABLE}: ${issues.join('; ')}`, VARIABLE));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BatonError(failure('CONFIGURATION_INVALID', `${VARIABLE}: it is not JSON`, VARIABLE));
  }
}

/** Path of the service under which agents elsewhere call; case and key follow. */
export const CALLBACK_PATH = '/a2a-callbacks';

/** Address of a task's callback. */
export function callbackUrl({ url }: Pick<A2aCallback, 'url'>, { caseId, key }: CalledTask): string {
  return new URL(`${CALLBACK_PATH}/${encodeURIComponent(caseId)}/${key}`, url).href;
}

/** The token that an agent elsewhere shows when it calls: of one task alone, and nothing has to be kept for it. */
export function callbackToken({ secret }: Pick<A2aCallback, 'secret'>, { caseId, key }: CalledTask): string {
  return bytesToHex(hmac(sha256, utf8ToBytes(secret), utf8ToBytes(canonicalJson([caseId, key]))));
}
