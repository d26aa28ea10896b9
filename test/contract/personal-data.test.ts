import { readFileSync } from 'node:fs';
import path from 'node:path';
import { personalDataAliases, personalDataKindOf, personalDataKinds } from '../../contract/personal-data.ts';

const page = readFileSync(path.resolve('docs/privacy.md'), 'utf8');

describe('kinds of personal data', () => {
  it.each(personalDataKinds())('%s stands in docs/privacy.md, and names itself', (kind) => {
    expect(page).toMatch(new RegExp(`^\\| \`${kind}\` `, 'm'));
    expect(personalDataKindOf(kind)).toBe(kind);
  });

  it.each(Object.entries(personalDataAliases()))(
    '%s is understood as %s, and the page says so',
    (alias, kind) => {
      expect(personalDataKindOf(alias)).toBe(kind);
      const row = page.split('\n').find((line) => line.startsWith(`| \`${kind}\` `));
      expect(row).toContain(`\`${alias}\``);
    },
  );

  it.each(['CREDIT_CARD', 'creditCard', 'Credit Card', ' credit-card '])('%s is a card', (word) => {
    expect(personalDataKindOf(word)).toBe('card');
  });

  it.each(['shoe', '', '__proto__', 'constructor'])('%j names none', (word) => {
    expect(personalDataKindOf(word)).toBeUndefined();
  });
});
