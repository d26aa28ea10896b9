import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Answers that are kept: one decision is looked at by validator, handler and core, which ask the same thing. */
const KEPT = 64;
const known = new Map<string, boolean>();

/**
 * Whether a text carries the Ed25519 signature of a public key (RFC 8032, strictly: one signature in one form). Runs in
 * the workflow sandbox, synchronously. Milliseconds of work, so the latest answers are kept; they are of equal input
 * only, whichever case asks, so that nothing a case does depends on them.
 * @param publicKey 32 bytes in hexadecimal
 * @param signature 64 bytes in hexadecimal
 */
export function isSignedBy(publicKey: string, signature: string, text: string): boolean {
  const bytes = utf8ToBytes(text);
  const question = `${publicKey} ${signature} ${bytesToHex(sha256(bytes))}`;
  const before = known.get(question);
  if (before !== undefined) return before;
  const answer = verify(publicKey, signature, bytes);
  const [oldest] = known.keys();
  if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
  known.set(question, answer);
  return answer;
}

/** Never throws: a key or signature that is none has signed nothing. */
function verify(publicKey: string, signature: string, bytes: Uint8Array): boolean {
  try {
    return ed25519.verify(hexToBytes(signature), bytes, hexToBytes(publicKey), { zip215: false });
  } catch {
    return false;
  }
}
