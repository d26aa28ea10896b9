import { poolOfOwner } from './queues.ts';

/**
 * What the user is told when the case changes hands: who has it now, and that nothing needs saying again (T5).
 * @param owner the new owner: an agent's name or `people:<pool>`
 * @param locale BCP 47 tag; English where the catalogue has no other
 */
export function continuityMessage(owner: string, locale: string | undefined): string {
  const language = locale?.split('-')[0]?.toLowerCase() ?? 'en';
  const write = Object.hasOwn(CATALOGUE, language) ? CATALOGUE[language] : undefined;
  const pool = poolOfOwner(owner);
  return (write ?? english)(pool ?? owner, pool !== undefined);
}

const CATALOGUE: Readonly<Record<string, (name: string, people: boolean) => string>> = { en: english };

function english(name: string, people: boolean): string {
  return people
    ? `A person of our ${name} team is taking over. They already have your details.`
    : `You are now with ${name}, who already has your details.`;
}
