import { textIn, type Texts } from '../texts.ts';
import type { PolicyAction, PolicyRule } from './policy.ts';

/** What users are told where a rule has no words of its own. */
const WORDS: Readonly<Record<PolicyAction['do'], Required<Texts>>> = {
  escalate: {
    en: 'A person can help you better here, so I am bringing one in.',
    hi: 'यहाँ एक व्यक्ति आपकी बेहतर मदद कर सकता है, इसलिए मैं उन्हें जोड़ रहा हूँ।',
    'hi-Latn': 'Yahan ek vyakti aapki behtar madad kar sakta hai, isliye main unhe jod raha hoon.',
    ta: 'இதில் ஒருவர் நேரடியாக உங்களுக்குச் சிறப்பாக உதவ முடியும், அதனால் அவரை இணைக்கிறேன்.',
    te: 'ఇక్కడ ఒక వ్యక్తి మీకు మెరుగ్గా సహాయం చేయగలరు, అందుకే వారిని కలుపుతున్నాను.',
  },
  transfer: {
    en: 'A colleague who knows this better is taking over.',
    hi: 'इसे बेहतर जानने वाला सहयोगी अब आपकी मदद करेगा।',
    'hi-Latn': 'Ise behtar jaanne wala saathi ab aapki madad karega.',
    ta: 'இதை நன்கு அறிந்த சக பணியாளர் இனி உதவுவார்.',
    te: 'దీని గురించి బాగా తెలిసిన సహోద్యోగి ఇక సహాయం చేస్తారు.',
  },
  review: {
    en: 'A colleague is checking this before we go on. One moment, please.',
    hi: 'आगे बढ़ने से पहले एक सहयोगी इसे जाँच रहा है। कृपया एक क्षण रुकें।',
    'hi-Latn': 'Aage badhne se pehle ek saathi ise jaanch raha hai. Kripya ek kshan rukein.',
    ta: 'தொடர்வதற்கு முன் சக பணியாளர் இதைச் சரிபார்க்கிறார். ஒரு நிமிடம்.',
    te: 'ముందుకు వెళ్ళే ముందు సహోద్యోగి దీన్ని తనిఖీ చేస్తున్నారు. ఒక్క నిమిషం.',
  },
  clarify: {
    en: 'I want to get this right. Could you say in other words what you need?',
    hi: 'मैं इसे ठीक से समझना चाहता हूँ। क्या आप दूसरे शब्दों में बता सकते हैं कि आपको क्या चाहिए?',
    'hi-Latn':
      'Main ise theek se samajhna chahta hoon. Kya aap doosre shabdon mein bata sakte hain ki aapko kya chahiye?',
    ta: 'இதைச் சரியாகப் புரிந்துகொள்ள விரும்புகிறேன். உங்களுக்கு என்ன வேண்டும் என்பதை வேறு வார்த்தைகளில் சொல்ல முடியுமா?',
    te: 'దీన్ని సరిగ్గా అర్థం చేసుకోవాలనుకుంటున్నాను. మీకు ఏమి కావాలో వేరే మాటల్లో చెప్పగలరా?',
  },
  tell: {
    en: 'We have not forgotten you and are still working on it.',
    hi: 'हम आपको भूले नहीं हैं और अभी भी इस पर काम कर रहे हैं।',
    'hi-Latn': 'Hum aapko bhoole nahi hain aur abhi bhi is par kaam kar rahe hain.',
    ta: 'உங்களை மறக்கவில்லை; இன்னும் இதில் பணியாற்றுகிறோம்.',
    te: 'మేము మిమ్మల్ని మరచిపోలేదు; ఇంకా దీనిపై పని చేస్తున్నాము.',
  },
};

/**
 * What a rule says to the user (P11).
 * @param language such as `en`, `hi-Latn`; another script of the same language, then English, stands in
 */
export function wordsOf(rule: Pick<PolicyRule, 'then' | 'explain'>, language: string | undefined): string {
  return textIn(rule.explain ?? WORDS[rule.then.do], language);
}
