import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import type { Reading } from './reading.ts';

/** Forms that vendors gave their keys so that they are recognised anywhere. Repeats are bounded. */
const VENDORS: readonly RegExp[] = [
  /sk-(?:proj-|ant-|live-|test-|or-|svcacct-|admin-)?[A-Za-z0-9_-]{10,256}/g,
  /(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,128}/g,
  /whsec_[A-Za-z0-9+/=]{16,128}/g,
  /rzp_(?:live|test)_[A-Za-z0-9]{10,64}/g,
  /gh[pousr]_[A-Za-z0-9]{20,255}/g,
  /github_pat_[A-Za-z0-9_]{20,255}/g,
  /gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_-]{16,64}/g,
  /(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{12,20}/g,
  /AIza[A-Za-z0-9_-]{30,40}/g,
  /ya29\.[A-Za-z0-9_-]{20,512}/g,
  /GOCSPX-[A-Za-z0-9_-]{20,40}/g,
  /xox[abeoprs]-[A-Za-z0-9-]{10,256}/g,
  /xapp-\d-[A-Za-z0-9-]{10,256}/g,
  /https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,100}/g,
  /SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}/g,
  /npm_[A-Za-z0-9]{30,64}/g,
  /pypi-[A-Za-z0-9_-]{32,256}/g,
  /do[opr]_v1_[a-f0-9]{32,64}/g,
  /hf_[A-Za-z0-9]{20,64}/g,
  /r8_[A-Za-z0-9]{20,64}/g,
  /gsk_[A-Za-z0-9]{20,64}/g,
  /xai-[A-Za-z0-9]{20,100}/g,
  /pplx-[A-Za-z0-9]{20,64}/g,
  /(?:AC|SK)[a-f0-9]{32}/g,
  /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{20,64}/g,
  /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,64}/g,
  /EAA[A-Za-z0-9]{30,256}/g,
  /lin_api_[A-Za-z0-9]{20,64}/g,
  /dckr_pat_[A-Za-z0-9_-]{20,64}/g,
  /PMAK-[A-Za-z0-9-]{20,80}/g,
  /ATATT3[A-Za-z0-9_=-]{20,256}/g,
  /NRAK-[A-Z0-9]{20,40}/g,
  /dapi[a-f0-9]{32}/g,
  /hv[sb]\.[A-Za-z0-9_-]{20,256}/g,
  /AGE-SECRET-KEY-1[A-Z0-9]{20,80}/g,
  /key-[a-f0-9]{32}/g,
  /[a-f0-9]{32}-us\d{1,2}/g,
  /\d{8,10}:AA[A-Za-z0-9_-]{30,40}/g,
  /sbp_[a-f0-9]{32,64}/g,
  /figd_[A-Za-z0-9_-]{20,64}/g,
  /glsa_[A-Za-z0-9_]{20,80}/g,
  /eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{8,4096}(?:\.[A-Za-z0-9_-]{0,1024})?/g,
];

/** A whole key block, or what there is of one whose end is missing. */
const PEM_BEGIN = /-{5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{5}/g;
const PEM_END = /-{5}END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{5}/g;

const CREDENTIALS = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:]{0,64}:([^\s/@]{3,128})@/g;

const LABEL =
  /(?<![\p{L}\p{M}\p{N}])(?:[a-z0-9]{1,24}[_-]){0,4}?(?<word>pass ?words?|passwd|pwd|pass ?phrase|pass ?code|secret(?:[ _-]?(?:access[ _-]?)?key)?|api[ _-]?(?:key|token|secret)|x-api-key|access[ _-]?(?:key|token)|auth(?:orization)?[ _-]?(?:key|token)?|client[ _-]?secret|private[ _-]?key|signing[ _-]?key|encryption[ _-]?key|account[ _-]?key|bearer|refresh[ _-]?token|token|key|credentials?|sig|पासवर्ड|गुप्त कुंजी|कुंजी|एपीआई की|टोकन|கடவுச்சொல்|பாஸ்வேர்ட்|பாஸ்வேர்டு|ரகசிய|விசை|டோக்கன்|பாஸ்வர்ட்|పాస్వర్డ్|పాస్వర్డు|రహస్య|టోకెన్|కీ)(?:[_-][a-z0-9]{1,12})?/gu;
const GAP =
  /^(?<gap>(?:[\s"'`]|is|was|=>|[:=,>-]|है|hai|ye|yeh|here|new|my|the|ஆனது|என்பது|ఇది|number|value|for prod|key|token|bearer|basic|की|கு|కీ){0,12})(?<value>[^\s"'`,;<>(){}[\]|]{4,512})/u;
const PASSWORD = /^(?:pass|pwd|पास|கடவு|பாஸ்|పాస్)/u;

/**
 * Secrets: keys in the form of their vendor, private keys in PEM, JSON Web Tokens, credentials inside addresses,
 * and what a label calls a password, key or token where it looks like one.
 */
export function detectSecrets(reading: Reading): readonly Finding[] {
  return [...vendorKeys(reading), ...privateKeys(reading), ...credentials(reading), ...labelled(reading)];
}

function* vendorKeys(reading: Reading): Generator<Finding> {
  for (const vendor of VENDORS) {
    for (const match of reading.text.matchAll(vendor)) {
      const from = match.index;
      if (/[A-Za-z0-9]$/.test(reading.text.slice(Math.max(0, from - 1), from))) continue;
      const value = match[0].replace(/[-_.=]+$/, '');
      // Words with hyphens ("sk-learn-extension-for-python") have neither digits nor capitals.
      if (!/\d/.test(value.slice(4)) && !/[a-z][A-Z]|[A-Z][a-z]/.test(value.slice(4))) continue;
      yield finding(reading, 'secret', from, from + value.length);
    }
  }
}

function* privateKeys(reading: Reading): Generator<Finding> {
  const ends = [...reading.text.matchAll(PEM_END)];
  let next = 0;
  for (const begin of reading.text.matchAll(PEM_BEGIN)) {
    const body = begin.index + begin[0].length;
    while (next < ends.length && (ends[next]?.index ?? 0) < body) next += 1;
    const end = ends[next];
    const cut = /^[A-Za-z0-9+/=\s:,.-]*/.exec(reading.text.slice(body, body + 8_192))?.[0] ?? '';
    const to = end ? end.index + end[0].length : body + cut.trimEnd().length;
    yield finding(reading, 'secret', begin.index, to);
  }
}

function* credentials(reading: Reading): Generator<Finding> {
  for (const match of reading.lower.matchAll(CREDENTIALS)) {
    const word = match[1] ?? '';
    const to = match.index + match[0].length - 1;
    yield finding(reading, 'secret', to - word.length, to);
  }
}

function* labelled(reading: Reading): Generator<Finding> {
  for (const match of reading.lower.matchAll(LABEL)) {
    const behind = match.index + match[0].length;
    const groups = GAP.exec(reading.lower.slice(behind, behind + 600))?.groups;
    const gap = groups?.['gap'] ?? '';
    const word = match.groups?.['word'] ?? '';
    if (!groups || gap === '') continue;
    const from = behind + gap.length;
    const value = reading.text.slice(from, from + (groups['value'] ?? '').length).replace(/[.!?।:…*]+$/u, '');
    if (value === '' || value.includes('*') || value.includes('://')) continue;
    const assigned = /[:=]/.test(gap);
    const isSecret = PASSWORD.test(word) ? isPassword(value, assigned) : isKey(value, word);
    if (isSecret) yield finding(reading, 'secret', from, from + value.length);
  }
}

/** What a form says of a password, in the place where one would stand. */
const STATES =
  /^(?:required|optional|incorrect|wrong|invalid|valid|reset|missing|forgot|forgotten|must|changed|expired|hidden|none|null|true|false|string|text|redacted|please|weak|strong|correct|unknown|empty|updated|should|cannot|never|blank|masked|protected|policy)$|[^\x00-\x7f]/i;

/** A word that somebody made up: with digits, marks or capitals inside. After "is" a plain word is only a word. */
function isPassword(value: string, assigned: boolean): boolean {
  if (value.length < (assigned ? 5 : 6)) return false;
  const kinds = [/\p{Ll}|\p{Lo}/u, /\p{Lu}/u, /\d/, /[^\p{L}\p{M}\p{N}]/u].filter((kind) =>
    kind.test(value),
  ).length;
  if (/^[\d./:-]+$/.test(value)) return assigned && /^\d{6,}$/.test(value);
  if (/^[\p{L}\p{M}'-]+$/u.test(value))
    return /\p{Ll}\p{Lu}/u.test(value) || (assigned && !STATES.test(value));
  return kinds >= 2 && /\d|[@#$%^&!~+]/.test(value);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Long and without a pattern: letters and digits mixed, many different ones. */
function isKey(value: string, word: string): boolean {
  if (/^(?:key|sig|कुंजी|విசை|కీ)$/u.test(word) && (UUID.test(value) || value.length < 20)) return false;
  if (value.length < 12 || !/^[\x21-\x7e]+$/.test(value) || !/\d/.test(value) || !/[a-z]/i.test(value))
    return false;
  return bitsPerCharacter(value) >= (value.length < 16 ? 3 : 2.8);
}

function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
