import type { Concern } from './concerns.ts';

/** What a text may be about, and the words that say so. */
export interface Topic {
  readonly concern: Exclude<Concern, 'unclear'>;
  /** What belongs together: a text about one of these alone leaves no doubt. */
  readonly field: 'law' | 'money' | 'line' | 'courtesy';
  readonly words: RegExp;
}

/** Whole words in Latin letters: English, and Hindi as people type it. */
function latin(words: string): RegExp {
  return new RegExp(String.raw`\b(${words})\b`, 'giu');
}

/** Beginnings of words in scripts whose words take endings, and for which `\b` does not work. */
function scripted(words: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{M}])(${words})`, 'gu');
}

/**
 * Words of concerns in English, Hindi in both its scripts, Tamil and Telugu. In this order, the first that occurs
 * wins: what is costly to overlook stands first.
 */
export const topics: readonly Topic[] = [
  {
    concern: 'legal-claim',
    field: 'law',
    words: latin('lawyer|court|sue|legal action|[vw]ak(i|ee)l|kanoon[iy]'),
  },
  { concern: 'legal-claim', field: 'law', words: scripted('वकील|कोर्ट|अदालत|कानूनी|क़ानूनी|मुकदम') },
  { concern: 'legal-claim', field: 'law', words: scripted('வழக்கறிஞ|வக்கீல|நீதிமன்ற|கோர்ட்|வழக்கு') },
  { concern: 'legal-claim', field: 'law', words: scripted('లాయర్|కోర్టు|న్యాయవాది|న్యాయస్థాన') },
  { concern: 'duplicate-charge', field: 'money', words: latin('twice|double|duplicate|do baa?r|dobaa?ra') },
  { concern: 'duplicate-charge', field: 'money', words: scripted('दो बार|दोबारा|डबल') },
  {
    concern: 'duplicate-charge',
    field: 'money',
    words: scripted('இரண்டு முறை|இருமுறை|இரு முறை|ரெண்டு முறை|இரண்டு தடவை|ரெண்டு தடவை'),
  },
  { concern: 'duplicate-charge', field: 'money', words: scripted('రెండు సార్లు|రెండుసార్లు|రెండు మార్లు') },
  {
    concern: 'refund-request',
    field: 'money',
    words: latin('refund|money back|charged?|invoice|bill|pais[aeo]n?|payment'),
  },
  {
    concern: 'refund-request',
    field: 'money',
    words: scripted('बिल|रिफंड|रिफ़ंड|पैस|चार्ज|भुगतान|शुल्क|इनवॉइस'),
  },
  { concern: 'refund-request', field: 'money', words: scripted('பில்|பணம்|பணத்த|கட்டண|ரீஃபண்ட|ரீபண்ட') },
  {
    concern: 'refund-request',
    field: 'money',
    words: scripted('బిల్|డబ్బు|ఛార్జ|చార్జ|రీఫండ్|చెల్లింపు|రుసుము'),
  },
  {
    concern: 'line-fault',
    field: 'line',
    words: latin('internet|line|router|offline|slow|outage|net|wi-?fi|connection'),
  },
  {
    concern: 'line-fault',
    field: 'line',
    words: scripted('इंटरनेट|लाइन|राउटर|नेट|कनेक्शन|वाईफाई|वाई-फाई|धीम|स्लो'),
  },
  {
    concern: 'line-fault',
    field: 'line',
    words: scripted('இணைய|இன்டர்நெட|நெட்|ரவுட்டர|ரூட்டர|லைன|வைஃபை|மெதுவ|இணைப்பு'),
  },
  {
    concern: 'line-fault',
    field: 'line',
    words: scripted('ఇంటర్నెట|నెట్|రౌటర|రూటర|లైన|వైఫై|కనెక్షన్|నెమ్మది'),
  },
  {
    concern: 'nothing-more',
    field: 'courtesy',
    words: latin('thanks|thank you|that is all|no more|shukriya|dhanyav?w?aa?d|bas itna'),
  },
  { concern: 'nothing-more', field: 'courtesy', words: scripted('धन्यवाद|शुक्रिया|बस इतना') },
  { concern: 'nothing-more', field: 'courtesy', words: scripted('நன்றி|அவ்வளவுதான்') },
  { concern: 'nothing-more', field: 'courtesy', words: scripted('ధన్యవాద|థాంక్స్|థ్యాంక్స్|అంతే') },
];
