import type { Finding } from './finding.ts';
import { finding } from './finding.ts';
import { label, labelledNear } from './labels.ts';
import type { Reading } from './reading.ts';
import { beginsWord } from './reading.ts';

/** Handles of payment apps and banks. Others are believed where the text speaks of UPI. */
const HANDLES = new Set(
  (
    'okhdfcbank okaxis okicici oksbi ybl ibl axl paytm ptaxis pthdfc ptsbi ptyes upi apl yapl rapl axisb axisbank ' +
    'sbi hdfcbank hdfc icici icicibank kotak kotakbank yesbank yesbankltd yespay idfcbank idfcfirst idfcnetc indus ' +
    'indusind federal fbl barodampay bob boi cnrb canara canarabank centralbank cboi cub citi citigold dbs dlb dcb ' +
    'equitas ezeepay fam fampay freecharge hsbc idbi idbibank indianbank iob jkb jio jupiteraxis kbl kaypay karb ' +
    'kvb kmb kmbl kotak811 lvb mahb myicici mairtel airtel airtelpaymentsbank naviaxis nsdl obc payzapp pingpay ' +
    'pnb pockets postbank psb purz rbl rajgovhdfcbank rmhdfcbank s2b sc scb scbl scmobile sib slice sliceaxis srcb ' +
    'superyes supermoney syndicate tapicici tjsb timecosmos trans ubi uboi uco unionbank unionbankofindia united ' +
    'utbi vijb vjb waaxis wahdfcbank waicici wasbi yesg abfspay abcdicici aubank amazonpay axisgo axisbnk bandhan ' +
    'barodapay bhim cred credpay dhanlaxmi digikhata goaxb groww yescred oneyes zoicici timepay shriramhdfcbank ' +
    'ikwik imobile finobank fifederal jarunity kphdfc mboi niyoicici okbizaxis oxymoney phonepe gpay razorpay rzp ' +
    'saraswat swiggyaxis tatadigital trueaxis ucobank ultracash utkarsh whatsapp yapl ypay zomato'
  ).split(' '),
);

const UPI = label([
  ...[
    'upi',
    'upi id',
    'vpa',
    'bhim',
    'gpay',
    'google pay',
    'phonepe',
    'paytm',
    'यूपीआई',
    'यूपीआइ',
    'वीपीए',
    'भीम',
  ],
  ...['யுபிஐ', 'யூபிஐ', 'யுபிஐ ஐடி', 'யு.பி.ஐ', 'యుపిఐ', 'యూపీఐ', 'యుపిఐ ఐడి'],
]);

/** UPI payment addresses: a name and a handle without a dot. `name@bank.example` is an e-mail, not this. */
export function detectUpiIds(reading: Reading): readonly Finding[] {
  const { lower } = reading;
  const found: Finding[] = [];
  for (let at = lower.indexOf('@'); at >= 0; at = lower.indexOf('@', at + 1)) {
    const handle = /^[a-z][a-z0-9]{1,63}/.exec(lower.slice(at + 1, at + 65))?.[0];
    const name = /[a-z0-9._-]{2,64}$/.exec(lower.slice(Math.max(0, at - 64), at))?.[0].replace(/^[._-]+/, '');
    if (handle === undefined || name === undefined || name.length < 2) continue;
    const from = at - name.length;
    const to = at + 1 + handle.length;
    if (!beginsWord(reading, from) || !endsHandle(lower, to)) continue;
    if (HANDLES.has(handle) || labelledNear(reading, from, UPI) || UPI.near.test(lower.slice(to, to + 24)))
      found.push(finding(reading, 'upi', from, to));
  }
  return found;
}

/** A dot that a domain goes on behind makes it an e-mail; a sentence's full stop does not. */
function endsHandle(lower: string, to: number): boolean {
  return !/^(?:[\w@]|[.-][a-z0-9])/.test(lower.slice(to, to + 2));
}
