import type { Speaking } from './conversation.ts';
import type { MissingFact } from './missing.ts';
import { poolOfOwner } from './queues.ts';

/** The words of one language. A new language is one entry of the catalogue, and its row in the tests. */
interface Words {
  readonly agent: (name: string) => string;
  readonly people: (pool: string) => string;
  /** That somebody else is asked in place of an agent that is not ready. */
  readonly notReady: (name: string) => string;
  /** What stands above the questions for facts that are missing (U13). */
  readonly needed: string;
  /** How it went, asked when the case is finished. */
  readonly howWasIt: string;
  /** That an AI speaks from now on, and that a human can be asked for (U4). */
  readonly ai: string;
  /** That a human speaks from now on. */
  readonly human: string;
}

const ENGLISH: Words = {
  agent: (name) => `You are now with ${name}, who already has your details.`,
  people: (pool) => `A person of our ${pool} team is taking over. They already have your details.`,
  notReady: (name) => `${name} cannot help at the moment, so I am looking for somebody else for you.`,
  needed: 'Before I can go on, I need to know:',
  howWasIt: 'This is finished. How satisfied are you, from 1 (not at all) to 5 (wholly)?',
  ai: 'You are talking to an AI assistant, not to a person. You can ask for a person at any time.',
  human: 'You are now talking to a person, not to an AI assistant.',
};

/** By the language of a BCP 47 tag. */
const CATALOGUE: Readonly<Record<string, Words>> = {
  en: ENGLISH,
  hi: {
    agent: (name) => `अब आपकी मदद ${name} करेगा। आपकी जानकारी उसके पास पहले से है।`,
    people: (pool) => `अब हमारी ${pool} टीम से एक व्यक्ति आपकी मदद करेगा। आपकी जानकारी उनके पास पहले से है।`,
    notReady: (name) => `${name} अभी मदद नहीं कर सकता, इसलिए मैं आपके लिए किसी और को ढूँढ रहा हूँ।`,
    needed: 'आगे बढ़ने से पहले मुझे यह जानना है:',
    howWasIt: 'यह काम पूरा हुआ। 1 (बिल्कुल नहीं) से 5 (पूरी तरह) तक, आप कितने संतुष्ट हैं?',
    ai: 'आप एक एआई (AI) सहायक से बात कर रहे हैं, किसी व्यक्ति से नहीं। आप कभी भी किसी व्यक्ति से बात करने के लिए कह सकते हैं।',
    human: 'अब आप एक व्यक्ति से बात कर रहे हैं, एआई (AI) सहायक से नहीं।',
  },
  ta: {
    agent: (name) => `இனி உங்களுக்கு ${name} உதவும். உங்கள் விவரங்கள் ஏற்கனவே அதனிடம் உள்ளன.`,
    people: (pool) =>
      `இனி எங்கள் ${pool} குழுவைச் சேர்ந்த ஒருவர் உங்களுக்கு உதவுவார். உங்கள் விவரங்கள் ஏற்கனவே அவரிடம் உள்ளன.`,
    notReady: (name) => `${name} இப்போது உதவ முடியாது, அதனால் உங்களுக்காக வேறு ஒருவரைத் தேடுகிறேன்.`,
    needed: 'தொடர்வதற்கு முன் நான் இதைத் தெரிந்துகொள்ள வேண்டும்:',
    howWasIt: 'இது முடிந்தது. 1 (சிறிதும் இல்லை) முதல் 5 (முழுமையாக) வரை, நீங்கள் எவ்வளவு திருப்தி அடைந்தீர்கள்?',
    ai: 'நீங்கள் ஒரு செயற்கை நுண்ணறிவு (AI) உதவியாளருடன் பேசுகிறீர்கள், ஒரு நபருடன் அல்ல. எப்போது வேண்டுமானாலும் ஒரு நபருடன் பேசக் கேட்கலாம்.',
    human: 'இப்போது நீங்கள் ஒரு நபருடன் பேசுகிறீர்கள், செயற்கை நுண்ணறிவு (AI) உதவியாளருடன் அல்ல.',
  },
  te: {
    agent: (name) => `ఇప్పటి నుండి మీకు ${name} సహాయం చేస్తుంది. మీ వివరాలు దాని వద్ద ఇప్పటికే ఉన్నాయి.`,
    people: (pool) => `ఇప్పటి నుండి మా ${pool} బృందంలోని ఒక వ్యక్తి మీకు సహాయం చేస్తారు. మీ వివరాలు వారి వద్ద ఇప్పటికే ఉన్నాయి.`,
    notReady: (name) => `${name} ఇప్పుడు సహాయం చేయలేదు, అందుకే మీ కోసం మరొకరిని వెతుకుతున్నాను.`,
    needed: 'ముందుకు వెళ్ళే ముందు నేను ఇది తెలుసుకోవాలి:',
    howWasIt: 'ఇది పూర్తయింది. 1 (అస్సలు లేదు) నుండి 5 (పూర్తిగా) వరకు, మీరు ఎంత సంతృప్తి చెందారు?',
    ai: 'మీరు ఒక ఏఐ (AI) సహాయకుడితో మాట్లాడుతున్నారు, మనిషితో కాదు. మీరు ఎప్పుడైనా ఒక మనిషితో మాట్లాడాలని అడగవచ్చు.',
    human: 'ఇప్పుడు మీరు ఒక మనిషితో మాట్లాడుతున్నారు, ఏఐ (AI) సహాయకుడితో కాదు.',
  },
};

/** Languages that users are told about their case in, by BCP 47 language. */
export function spokenLanguages(): readonly string[] {
  return Object.keys(CATALOGUE);
}

/** The language of a BCP 47 tag that the catalogue has, or English. */
export function spokenLanguage(locale: string | undefined): string {
  const language = locale?.split('-')[0]?.toLowerCase() ?? 'en';
  return Object.hasOwn(CATALOGUE, language) ? language : 'en';
}

/**
 * What the user is told when the case changes hands: who has it now, and that nothing needs saying again (T5).
 * @param owner the new owner: an agent's name or `people:<pool>`
 * @param locale BCP 47 tag; English where the catalogue has no other
 */
export function continuityMessage(owner: string, locale: string | undefined): string {
  const words = CATALOGUE[spokenLanguage(locale)] ?? ENGLISH;
  const pool = poolOfOwner(owner);
  return pool === undefined ? words.agent(owner) : words.people(pool);
}

/**
 * What the user is told when an agent is passed over because it is not ready (T10, P11).
 * @param locale BCP 47 tag; English where the catalogue has no other
 */
export function notReadyMessage(agent: string, locale: string | undefined): string {
  return (CATALOGUE[spokenLanguage(locale)] ?? ENGLISH).notReady(agent);
}

/**
 * What the user is told of whom they talk to, before its first words reach them (U4; EU AI Act, article 50).
 * @param locale BCP 47 tag; English where the catalogue has no other
 */
export function disclosureMessage(speaking: Speaking, locale: string | undefined): string {
  const words = CATALOGUE[spokenLanguage(locale)] ?? ENGLISH;
  switch (speaking) {
    case 'ai':
      return words.ai;
    case 'human':
      return words.human;
  }
}

/**
 * Asks how it went (U8).
 * @param locale BCP 47 tag; English where the catalogue has no other
 */
export function feedbackQuestion(locale: string | undefined): string {
  return (CATALOGUE[spokenLanguage(locale)] ?? ENGLISH).howWasIt;
}

/**
 * Asks the user for what is missing: every question with its reason, one a line (U13).
 * @param missing in the language of `locale`
 * @param locale BCP 47 tag; English where the catalogue has no other
 */
export function missingMessage(missing: readonly MissingFact[], locale: string | undefined): string {
  const { needed } = CATALOGUE[spokenLanguage(locale)] ?? ENGLISH;
  const lines = missing.map(({ fact, question, why }) => `- ${question ?? fact} (${why})`);
  return [needed, ...lines].join('\n');
}
