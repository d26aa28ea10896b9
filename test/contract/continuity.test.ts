import {
  continuityMessage,
  disclosureMessage,
  spokenLanguage,
  spokenLanguages,
} from '../../contract/continuity.ts';

const scripts: Readonly<Record<string, RegExp>> = {
  en: /details/,
  hi: /\p{Script=Devanagari}{3}/u,
  ta: /\p{Script=Tamil}{3}/u,
  te: /\p{Script=Telugu}{3}/u,
};

test('every language of the catalogue speaks in its own script, of agents and of people (T5, X7)', () => {
  expect([...spokenLanguages()].sort()).toEqual(Object.keys(scripts).sort());
  for (const language of spokenLanguages()) {
    const agent = continuityMessage('billing', `${language}-IN`);
    const people = continuityMessage('people:finance', language);
    expect(agent).toContain('billing');
    expect(people).toContain('finance');
    expect(people).not.toContain('people:');
    const [ai, human] = [disclosureMessage('ai', language), disclosureMessage('human', language)];
    expect(ai).toMatch(/AI/);
    expect(ai).not.toBe(human);
    if (language !== 'en') expect([ai, human]).not.toContain(disclosureMessage('ai', 'en'));
    for (const said of [ai, human])
      expect(said).toMatch(language === 'en' ? /person/ : (scripts[language] ?? /never/));
    for (const said of [agent, people]) expect(said).toMatch(scripts[language] ?? /never/);
  }
});

test.each([
  [undefined, 'en'],
  ['hi', 'hi'],
  ['HI-in', 'hi'],
  ['ta-Taml-IN', 'ta'],
  ['fr-CA', 'en'],
  ['constructor', 'en'],
  ['', 'en'],
])('the locale %p is spoken to in %s', (locale, language) => {
  expect(spokenLanguage(locale)).toBe(language);
});
