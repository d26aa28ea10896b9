import type { Lexicon } from './lexicon.ts';

/** Hindi in Latin letters, in the spellings people use. */
export const romanisedHindi: Lexicon = {
  language: 'hi-Latn',
  breaks: ['lekin', 'magar', 'par', 'kyunki', 'bas', 'but'],
  people: [
    ...['insaan', 'insan', 'aadmi', 'admi', 'banda', 'bande', 'manager', 'agent', 'supervisor', 'executive'],
    ...['adhikari', 'customer care', 'kisi', 'operator', 'representative', 'staff', 'human', 'senior'],
  ],
  wants: [
    ...[
      'baat karni',
      'baat karna',
      'baat kara*',
      'baat karw*',
      'baat karva*',
      'baat kar sak*',
      'chahiye',
      'chahie',
    ],
    ...[
      'connect',
      'transfer',
      'jodo',
      'jod do',
      'bulao',
      'bula do',
      'bolo ... call',
      'line pe l*',
      'milao',
      'baat karo',
    ],
    ...['baat karne do'],
  ],
  asks: [
    'insaan se baat',
    'insan se baat',
    'koi insaan hai',
    'koi insan hai',
    'senior se baat',
    'unse baat kara*',
  ],
  fillers: ['please', 'plz', 'asli', 'koi', 'ek', 'bhai', 'yaar'],
  negations: ['nahi', 'nahin', 'nai', 'mat', 'na', 'bina'],
  negates: 'around',
  ignored: [],
  frustration: [
    ['guss*', 0.6],
    ['bekar*', 0.6],
    ['bekaar*', 0.6],
    ['ghatiya', 0.6],
    ['pareshan', 0.5],
    ['bahut ho gaya', 0.6],
    ['kitni baar', 0.6],
    ['had ho gayi', 0.6],
    ['chor', 0.5],
    ['bakwas', 0.6],
    ['bakwaas', 0.6],
    ['dimag kharab', 0.6],
    ['dimaag kharab', 0.6],
    ['kharab', 0.3],
    ['dhokha', 0.6],
    ['wait kar rah*', 0.25],
    ['tang aa', 0.6],
    ['faltu', 0.5],
    ['mazak', 0.5],
    ['mazaak', 0.5],
    ['paagal', 0.5],
    ['pagal', 0.5],
    ['sharam', 0.5],
    ['sunta nahi', 0.4],
  ],
  positive: [
    'shukriya',
    'dhanyavad',
    'dhanyawad',
    'thanks',
    'accha',
    'acha',
    'badhiya',
    'kaam ho gaya',
    'koi baat nahi',
  ],
  legal: [
    'court',
    'vakil',
    'vakeel',
    'wakil',
    'kanooni',
    'kanuni',
    'consumer forum',
    'legal notice',
    'case kar*',
    'police',
  ],
  clarifies: [
    ...[
      'nahi poocha',
      'nahi pucha',
      'samajh nahi aa*',
      'galat samajh*',
      'kya matlab',
      'matlab kya',
      'samajh me nahi',
    ],
  ],
};

/** Words by which Hindi in Latin letters is told from English. */
export const hindiInLatin: ReadonlySet<string> = new Set(
  (
    'hai hain nahi nahin mera meri mere mujhe kya kyun kaise karo karna karni kar raha rahi rahe se ko ka ki ke ' +
    'mein aap aapka aapki aapke tum yeh ye woh wo hoon hun gaya gayi gaye chahiye bhi aur bahut kitni kitna ' +
    'kab paise paisa wapas baat bas kal abhi koi kisi haan accha ek teen baar pe tha thi samajh bolo batao ' +
    'dunga dungi karunga karungi jaunga tumhe aapse karega maine hum humein sab mat abhi kaunsa kahan iska uska jal raha'
  ).split(' '),
);
