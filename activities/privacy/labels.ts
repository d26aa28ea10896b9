import type { Reading } from './reading.ts';

/** How far back a label may stand, in characters: a bound, so that labels cost the same in any text. */
const REACH = 72;

/** Words that may stand between a label and its value: "number", "is", and their like in four languages. */
const BETWEEN =
  '(?:[\\s:=#.,;\'"“”‘’`()\\[\\]{}*/|<>_?!\\\\-]|→|।|(?:number|numbers|numbr|no|num|nos|nr|id|ids|code|is|was|are|the|my|our|his|her|their|your|at|on|via|to|me|us|him|them|back|as|this|and|please|card|holder|new|old|field|value|hai|hain|ka|ki|ke|he|par|pe|se|ko|mera|meri|yeh|ye|नंबर|नम्बर|नं|संख्या|क्रमांक|है|हैं|का|की|के|पर|को|यह|मेरा|मेरी|कार्ड|आईडी|எண்|எண்ணை|நம்பர்|ஆகும்|என்|இல்|என்பது|கார்டு|அட்டை|ஐடி|సంఖ్య|నంబర్|నంబరు|నెంబర్|నా|కి|కు|లో|కార్డ్|కార్డు|ఐడి)(?![\\p{L}\\p{M}]))*';

/** A label is one of these words, as a pattern over lower-case text; what may follow it is known here. */
export interface Label {
  readonly before: RegExp;
  readonly after: RegExp;
  readonly near: RegExp;
}

/**
 * Compiles the words of a label.
 * @param words in lower case; a space stands for any joiner, so `order id` is also `order_id` and `orderid`
 */
export function label(words: readonly string[]): Label {
  const any = [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[\\s_-]?'))
    .join('|');
  // Indic labels take endings ("மொபைலில்"), so only words of ASCII letters must end here.
  const whole = `(?<![\\p{L}\\p{M}\\p{N}])(?:${any})(?![a-z])`;
  return {
    before: new RegExp(`${whole}[\\p{L}\\p{M}]{0,6}${BETWEEN}$`, 'u'),
    after: new RegExp(`^${BETWEEN}${whole}`, 'u'),
    near: new RegExp(whole, 'u'),
  };
}

/** Whether a label stands directly before an index: between them only words such as "number is". */
export function labelledBefore(reading: Reading, index: number, one: Label): boolean {
  return one.before.test(reading.lower.slice(Math.max(0, index - REACH), index));
}

/** Whether a label follows directly: "9876543210 is my mobile". */
export function labelledAfter(reading: Reading, index: number, one: Label): boolean {
  return one.after.test(reading.lower.slice(index, index + 48));
}

/** Whether a label stands anywhere in so many characters before an index. */
export function labelledNear(reading: Reading, index: number, one: Label, reach: number = REACH): boolean {
  return one.near.test(reading.lower.slice(Math.max(0, index - reach), index));
}

/** Whether the number at an index is named as something else: an order, a parcel, a price, a version. */
export function namedOtherwise(reading: Reading, index: number): boolean {
  return labelledBefore(reading, index, OTHERWISE);
}

const OTHERWISE = label([
  ...['order', 'ord', 'orders', 'booking', 'reservation', 'invoice', 'inv', 'bill', 'receipt', 'challan'],
  ...['tracking', 'track', 'awb', 'waybill', 'consignment', 'shipment', 'parcel', 'docket', 'courier', 'lrn'],
  ...['ticket', 'case', 'complaint', 'request', 'service request', 'sr', 'reference', 'ref', 'crn', 'pnr'],
  ...[
    'transaction',
    'txn',
    'utr',
    'rrn',
    'arn',
    'payment id',
    'sku',
    'item',
    'items',
    'product',
    'part',
    'model',
  ],
  ...['serial', 's/n', 'imei', 'barcode', 'ean', 'upc', 'isbn', 'gtin', 'asin', 'batch', 'lot', 'coupon'],
  ...['voucher', 'promo', 'promo code', 'gift card', 'otp', 'pin', 'pincode', 'pin code', 'zip', 'postcode'],
  ...[
    'postal code',
    'version',
    'build',
    'commit',
    'session',
    'policy',
    'claim',
    'application',
    'file',
    'folio',
  ],
  ...[
    'enrollment',
    'enrolment',
    'registration',
    'employee',
    'student',
    'roll',
    'room',
    'flat',
    'gate',
    'flight',
  ],
  ...[
    'train',
    'seat',
    'po',
    'purchase order',
    'customer id',
    'user id',
    'member id',
    'account',
    'acct',
    'a/c',
    'meter',
  ],
  ...[
    'consumer',
    'quantity',
    'qty',
    'price',
    'amount',
    'total',
    'sum',
    'balance',
    'rs',
    'inr',
    'usd',
    'eur',
    'gbp',
  ],
  ...[
    'rupees',
    'error',
    'event',
    'job',
    'run',
    'trace',
    'request id',
    'chassis',
    'engine',
    'timestamp',
    'epoch',
  ],
  ...[
    'id',
    'size',
    'sizes',
    'count',
    'bytes',
    'population',
    'points',
    'score',
    'docket',
    'manifest',
    'vehicle',
    'licence',
    'license',
  ],
  ...[
    'ऑर्डर',
    'आर्डर',
    'ऑर्डर आईडी',
    'बुकिंग',
    'बिल',
    'इनवॉइस',
    'इन्वॉइस',
    'चालान',
    'रसीद',
    'टिकट',
    'ट्रैकिंग',
    'पीएनआर',
  ],
  ...[
    'शिकायत',
    'संदर्भ',
    'खाता',
    'खाते',
    'लेनदेन',
    'कीमत',
    'राशि',
    'रुपये',
    'पार्सल',
    'शिपमेंट',
    'केस',
    'ओटीपी',
    'पिन',
    'मॉडल',
  ],
  ...['ஆர்டர்', 'பில்', 'விலைப்பட்டியல்', 'இன்வாய்ஸ்', 'ரசீது', 'டிக்கெட்', 'கண்காணிப்பு', 'டிராக்கிங்', 'புகார்', 'கணக்கு'],
  ...['ஆணை', 'விலை', 'தொகை', 'பார்சல்', 'முன்பதிவு', 'பிஎன்ஆர்', 'பரிவர்த்தனை', 'ஓடிபி', 'குறிப்பு'],
  ...['ఆర్డర్', 'ఆర్డరు', 'బిల్లు', 'బిల్', 'ఇన్వాయిస్', 'టికెట్', 'ట్రాకింగ్', 'ఫిర్యాదు', 'ఖాతా', 'రసీదు', 'ధర', 'మొత్తం'],
  ...['పార్సెల్', 'బుకింగ్', 'లావాదేవీ', 'ఓటిపి', 'పిఎన్ఆర్', 'సూచన'],
]);
