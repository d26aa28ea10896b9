/**
 * How agents tell each other what they know where nothing but prose crosses: each in the style of its own house, each
 * reading the others by rules. The rules are what one would write: a label, a shape, the first match.
 */

/** What one case is about. */
export interface Known {
  readonly order: string;
  readonly replacement: string;
  readonly invoice: string;
  readonly charged: number;
  readonly owed: number;
  readonly due: string;
  readonly phone: string;
  readonly mail: string;
  readonly iban: string;
  readonly parcel: string;
  readonly seats: number;
  readonly plan: string;
}

/** What is left of it after reading: rules find what they find. */
export type Read = { readonly [Name in keyof Known]?: Known[Name] };

/** A style of writing notes. A fact that is not known is not written about. */
export type Style = (known: Read) => string;

const said = (text: string, ...values: readonly unknown[]): string[] =>
  values.includes(undefined) ? [] : [text];
const money = (amount: number | undefined): string => (amount ?? 0).toFixed(2);
const german = (amount: number | undefined): string =>
  (amount ?? 0).toLocaleString('de-DE', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const [YEAR, MONTH, DAY] = [0, 1, 2] as const;
const part = (date: string | undefined, index: number): string => date?.split('-')[index] ?? '';

/** Whole sentences, as a model would write a summary. */
export const letter: Style = (k) =>
  [
    ...said(`The customer asks about order ${String(k.order)}.`, k.order),
    ...said(`It was replaced by order ${String(k.replacement)}.`, k.replacement),
    ...said(`Invoice ${String(k.invoice)} is open.`, k.invoice),
    ...said(`They were charged EUR ${money(k.charged)}.`, k.charged),
    ...said(`They owe EUR ${money(k.owed)}, due on ${String(k.due)}.`, k.owed, k.due),
    ...said(`Call ${String(k.phone)} or write to ${String(k.mail)}.`, k.phone, k.mail),
    ...said(`Refunds go to ${String(k.iban)}.`, k.iban),
    ...said(`The parcel is ${String(k.parcel)}.`, k.parcel),
    ...said(`There are ${String(k.seats)} seats on plan ${String(k.plan)}.`, k.seats, k.plan),
  ].join(' ');

/** Short notes between colleagues: abbreviations, another way of writing dates. */
export const memo: Style = (k) =>
  [
    ...said(`ord. ${String(k.order)}`, k.order),
    ...said(`(new: ${String(k.replacement)})`, k.replacement),
    ...said(`inv ${String(k.invoice)}`, k.invoice),
    ...said(`charged ${money(k.charged)} EUR`, k.charged),
    ...said(`owes ${money(k.owed)} EUR`, k.owed),
    ...said(`due ${part(k.due, DAY)}/${part(k.due, MONTH)}/${part(k.due, YEAR)}`, k.due),
    ...said(`tel ${String(k.phone).replaceAll(' ', '')}`, k.phone),
    ...said(`mail ${String(k.mail)}`, k.mail),
    ...said(`IBAN ${String(k.iban).replaceAll(' ', '')}`, k.iban),
    ...said(`parcel ${String(k.parcel)}`, k.parcel),
    ...said(`${String(k.seats)} seats`, k.seats),
    ...said(`plan ${String(k.plan)}`, k.plan),
  ].join('; ');

/** An office that writes amounts and dates as its country does. */
export const office: Style = (k) =>
  [
    ...said(`Order no. ${String(k.order)}`, k.order),
    ...said(`replacement no. ${String(k.replacement)}`, k.replacement),
    ...said(`invoice no. ${String(k.invoice)}`, k.invoice),
    ...said(`amount charged: ${german(k.charged)} EUR`, k.charged),
    ...said(`amount due: ${german(k.owed)} EUR`, k.owed),
    ...said(`due date: ${part(k.due, DAY)}.${part(k.due, MONTH)}.${part(k.due, YEAR)}`, k.due),
    ...said(`telephone: ${String(k.phone)}`, k.phone),
    ...said(`e-mail: ${String(k.mail)}`, k.mail),
    ...said(`account: ${String(k.iban)}`, k.iban),
    ...said(`consignment: ${String(k.parcel)}`, k.parcel),
    ...said(`seats: ${String(k.seats)}`, k.seats),
    ...said(`tariff: ${String(k.plan)}`, k.plan),
  ].join(', ');

/** Reads notes of any style by rules. */
export function readNotes(text: string): Read {
  const find = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]?.trim();
  const number = (word: string | undefined): number | undefined => {
    const value = word === undefined ? Number.NaN : Number(word.replaceAll(',', ''));
    return Number.isNaN(value) ? undefined : value;
  };
  const amount = '(?:EUR )?([\\d.,]*\\d)';
  const found = {
    order: find(/\bord(?:er|\.)(?: no\.)? (O-\d+)/i),
    replacement: find(/(?:replaced by order|new:|replacement(?: no\.)?) (O-\d+)/i),
    invoice: find(/\binv(?:oice)?(?: no\.)? (INV-[\d-]*\d)/i),
    charged: number(find(new RegExp(`charged:? ${amount}`, 'i'))),
    owed: number(find(new RegExp(`(?:owes?|amount due):? ${amount}`, 'i'))),
    due: dateOf(find(/due(?: on| date)?:? ([\d./-]*\d)/i)),
    phone: find(/(?:call|tel|telephone:?) (\+?\d[\d ]*\d)/i),
    mail: find(/([^\s;,<>]+@[^\s;,<>]+\w)/),
    iban: find(/\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4})+(?: ?[A-Z0-9]{1,3})?)\b/),
    parcel: find(/(?:parcel(?: is)?|consignment:) (JD[\d ]*\d)/i),
    seats: number(find(/(?:seats: )?(\d+)(?: seats|, tariff)/i)),
    plan: find(/(?:plan|tariff:) ([\w ]+\w)/i),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** A date as one reads it who has seen ISO and the month-first way. */
function dateOf(word: string | undefined): string | undefined {
  const iso = word && /^(\d{4})-(\d\d)-(\d\d)$/.exec(word);
  if (iso) return word;
  const [, first = '', second = '', year = ''] = /^(\d\d)[./](\d\d)[./](\d{4})$/.exec(word ?? '') ?? [];
  if (year === '') return undefined;
  // Above 12 it cannot be the month.
  return Number(first) > 12 ? `${year}-${second}-${first}` : `${year}-${first}-${second}`;
}
