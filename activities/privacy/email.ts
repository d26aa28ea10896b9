import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { Reading } from './reading.ts';

const LOCAL_ASCII = /[a-zA-Z0-9._%+&!$~'-]/;
const LOCAL_ANY = /[\p{L}\p{M}\p{N}._%+&!$~'-]/u;
const DOMAIN_ASCII =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.){1,8}[a-zA-Z][a-zA-Z0-9-]{0,23}[a-zA-Z]/;
const DOMAIN_ANY =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.){1,8}[\p{L}][\p{L}\p{M}]{1,24}/u;
/** Longest local part (RFC 5321), and longest domain looked at. */
const most = { local: 64, domain: 255 } as const;

/** E-mail addresses (RFC 5321 and 6531), written plainly or spelled out ("name at example dot com"). */
export function detectEmails(reading: Reading): readonly Finding[] {
  return [...writtenAddresses(reading), ...spelledAddresses(reading)];
}

function* writtenAddresses(reading: Reading): Generator<Finding> {
  const { text } = reading;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const domain = text.slice(at + 1, at + 1 + most.domain);
    const match = (isAscii(domain) ? DOMAIN_ASCII : DOMAIN_ANY).exec(domain);
    if (!match || isFileAtScale(match[0])) continue;
    const from = localStart(text, at);
    if (from === at || isUserOfAddress(text, from, at + 1 + match[0].length)) continue;
    yield finding(reading, 'email', from, at + 1 + match[0].length);
  }
}

function isAscii(domain: string): boolean {
  return /^[a-zA-Z0-9]/.test(domain) && DOMAIN_ASCII.test(domain);
}

function localStart(text: string, at: number): number {
  const allowed = LOCAL_ASCII.test(text.charAt(at - 1)) ? LOCAL_ASCII : LOCAL_ANY;
  let from = at;
  while (from > 0 && at - from < most.local && allowed.test(text.charAt(from - 1))) from -= 1;
  // A local part begins with a letter or digit: quotes, dots and list marks in front are not part of it.
  while (from < at && /[.%+&!$~'-]/.test(text.charAt(from))) from += 1;
  return text.charAt(at - 1) === '.' ? at : from;
}

/** `icon@2x.png` is a file. */
function isFileAtScale(domain: string): boolean {
  return /^\d+x\./.test(domain);
}

/** `https://user:word@host` is a credential, and `git@host:path` the address of a repository. */
function isUserOfAddress(text: string, from: number, to: number): boolean {
  if (text.slice(from, from + 4) === 'git@' && /^[:/]/.test(text.slice(to, to + 1))) return true;
  return /:\/\/(?:[^\s/@]{0,64}:)?$/.test(text.slice(Math.max(0, from - 72), from));
}

const AT =
  /(?<=[a-z0-9])\s?(?:\[\s?at\s?\]|\(\s?at\s?\)|\{\s?at\s?\}|<\s?at\s?>|\sat\s|\sएट\s)\s?(?=[a-z0-9])/g;
const SPELLED_DOMAIN =
  /^[a-z0-9-]{1,63}(?:\s?(?:\[\s?dot\s?\]|\(\s?dot\s?\)|\{\s?dot\s?\}|\sdot\s|\sडॉट\s|\.)\s?[a-z0-9-]{1,63}){1,4}/;
const SPELLED_LOCAL = /[a-z0-9_+-]{1,32}(?:(?:\s(?:dot|underscore|dash)\s|\.)[a-z0-9_+-]{1,32}){0,3}$/;
const SPELLED_TOP = /(?:com|org|net|edu|gov|in|co|uk|io|dev|info|biz|me|example|test|de|fr|au|us|ca|ai|app)$/;

function* spelledAddresses(reading: Reading): Generator<Finding> {
  for (const match of reading.lower.matchAll(AT)) {
    const behind = match.index + match[0].length;
    const domain = SPELLED_DOMAIN.exec(reading.lower.slice(behind, behind + most.domain))?.[0];
    const bracketed = /[[({<]/.test(match[0]);
    // "at" is also a plain word: unless it is in brackets, "dot" must be spelled too.
    if (domain === undefined || !SPELLED_TOP.test(domain) || !(bracketed || /dot|डॉट/.test(domain))) continue;
    const local = SPELLED_LOCAL.exec(reading.lower.slice(Math.max(0, match.index - 140), match.index))?.[0];
    if (local === undefined) continue;
    yield finding(reading, 'email', match.index - local.length, behind + domain.length);
  }
}
