/** What detectors find in free text, in the order in which one wins over another on the same characters. */
const DETECTED = [
  'secret',
  'email',
  'upi',
  'iban',
  'card',
  'gstin',
  'aadhaar',
  'pan',
  'ifsc',
  'passport',
  'birth-date',
  'phone',
] as const;

/** What only a tag can tell: no detector looks for names and addresses in prose. */
const TAGGED_ONLY = ['name', 'address', 'other'] as const;

/** A kind of personal data that detectors find. */
export type DetectedKind = (typeof DETECTED)[number];

/** A kind of personal data: found in text, or told by a field's tag (`.meta({ pii: 'name' })`). */
export type PersonalDataKind = DetectedKind | (typeof TAGGED_ONLY)[number];

const ALIASES: Readonly<Record<string, PersonalDataKind>> = {
  'e-mail': 'email',
  'email-address': 'email',
  'e-mail-address': 'email',
  mail: 'email',
  'phone-number': 'phone',
  telephone: 'phone',
  mobile: 'phone',
  'mobile-number': 'phone',
  tel: 'phone',
  msisdn: 'phone',
  'credit-card': 'card',
  creditcard: 'card',
  'debit-card': 'card',
  'payment-card': 'card',
  'card-number': 'card',
  'credit-card-number': 'card',
  'iban-code': 'iban',
  'iban-number': 'iban',
  aadhar: 'aadhaar',
  adhaar: 'aadhaar',
  'aadhaar-number': 'aadhaar',
  'in-aadhaar': 'aadhaar',
  uidai: 'aadhaar',
  'pan-card': 'pan',
  'pan-number': 'pan',
  'in-pan': 'pan',
  gst: 'gstin',
  'gst-number': 'gstin',
  'in-gstin': 'gstin',
  'ifsc-code': 'ifsc',
  'in-ifsc': 'ifsc',
  'upi-id': 'upi',
  vpa: 'upi',
  'upi-vpa': 'upi',
  'in-upi': 'upi',
  'passport-number': 'passport',
  'passport-no': 'passport',
  dob: 'birth-date',
  birthdate: 'birth-date',
  'date-of-birth': 'birth-date',
  dateofbirth: 'birth-date',
  'birth-day': 'birth-date',
  birthday: 'birth-date',
  secrets: 'secret',
  'api-key': 'secret',
  apikey: 'secret',
  key: 'secret',
  token: 'secret',
  password: 'secret',
  credential: 'secret',
  credentials: 'secret',
  'private-key': 'secret',
  'secret-key': 'secret',
  'access-key': 'secret',
  'access-token': 'secret',
  jwt: 'secret',
  'full-name': 'name',
  person: 'name',
  'postal-address': 'address',
};

/** Every kind that detectors find, the winner of an overlap first. */
export function detectedKinds(): readonly DetectedKind[] {
  return DETECTED;
}

const KINDS = [...DETECTED, ...TAGGED_ONLY] as const;

/** Every kind a tag may name. */
export function personalDataKinds(): typeof KINDS {
  return KINDS;
}

/** Other names that are understood, each with its kind. */
export function personalDataAliases(): Readonly<Record<string, PersonalDataKind>> {
  return ALIASES;
}

/**
 * The kind that a word names. Case does not matter, and neither does whether words are joined by hyphens,
 * underscores, spaces or written together in camel case: `CREDIT_CARD`, `creditCard` and `credit card` are `card`.
 * @returns undefined for a word that names none
 */
export function personalDataKindOf(word: string): PersonalDataKind | undefined {
  const plain = word
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
  const known = personalDataKinds().find((kind) => kind === plain);
  return known ?? (Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : undefined);
}

/** Whether detectors look for a kind. */
export function isDetectedKind(kind: PersonalDataKind): kind is DetectedKind {
  return DETECTED.some((one) => one === kind);
}
