import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of a text's UTF-8 bytes as 64 hexadecimal digits, in plain JavaScript: what the workflow sandbox has. */
export function portableSha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** Node's own digest, six times as fast: looked up rather than imported, for there is none in the workflow sandbox. */
// eslint-disable-next-line no-restricted-globals -- the same digest either way, so that no decision hangs on it
const native = (globalThis as Partial<typeof globalThis>).process?.getBuiltinModule('node:crypto');

/** SHA-256 of a text's UTF-8 bytes as 64 hexadecimal digits. Pure, so it may run in the workflow sandbox. */
export function sha256Hex(text: string): string {
  return native ? native.hash('sha256', text) : portableSha256Hex(text);
}

/** The digest of a JSON value: SHA-256 of its canonical form, 64 hexadecimal digits. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
