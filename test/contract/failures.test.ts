import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  BatonError,
  failure,
  failureCodes,
  failureEntry,
  isBatonError,
  isFailureCode,
} from '../../contract/failures.ts';

const rooms = [
  ...['contract', 'workflows', 'activities', 'stores', 'workers', 'client', 'command', 'service', 'testing'],
  ...['mcp', 'schemas', 'security', 'scripts'],
];

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return sources(full);
    return /\.[jt]s$/.test(entry.name) && !entry.name.startsWith('failures-at-') ? [full] : [];
  });
}

const code = rooms
  .filter((room) => readdirSync('.').includes(room))
  .flatMap(sources)
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test.each(failureCodes())('%s is thrown or returned somewhere', (one) => {
  expect(code).toContain(`'${one}'`);
});

test('every code says what was wrong, who acts next and what to do', () => {
  for (const one of failureCodes()) {
    const { message, remedy, next } = failureEntry(one);
    expect([one, message.length > 5, remedy.length > 5, next.length > 0]).toEqual([one, true, true, true]);
  }
});

test('a word that every object knows is no code', () => {
  for (const word of ['constructor', '__proto__', 'toString', '']) expect(isFailureCode(word)).toBe(false);
});

test('a failure names what, the particulars, the remedy and the field', () => {
  expect(failure('TARGET_UNKNOWN', '"x"', 'intent.to')).toEqual({
    code: 'TARGET_UNKNOWN',
    message: `${failureEntry('TARGET_UNKNOWN').message}: "x"; ${failureEntry('TARGET_UNKNOWN').remedy}`,
    field: 'intent.to',
  });
});

test('an error is recognised by what it is, not by its class', () => {
  const error = new BatonError(failure('STORE_UNAVAILABLE'));
  expect(isBatonError(error)).toBe(true);
  const copy = Object.assign(new Error('x'), { name: 'BatonError', code: 'STORE_UNAVAILABLE' });
  expect(isBatonError(copy)).toBe(true);
  expect(isBatonError(new Error('x'))).toBe(false);
});
