import { randomBytes } from 'node:crypto';
import type { Crossing, StandInCrossing } from '../../contract/activities.ts';
import { contextText, type ContextCase, type ContextEntry } from '../../contract/context.ts';
import type { JsonObject } from '../../contract/json.ts';
import { getOwn } from '../../contract/json.ts';
import type { ContextStore } from '../../contract/ports.ts';
import type { CrossingOriginals } from '../exit-edge.ts';
import type { Originals } from '../privacy/redact.ts';
import { patiently } from './patience.ts';

/** Digests stand in histories and ledgers. That of a bare telephone number could be guessed by trying all of them. */
const SALT_BYTES = 16;

/**
 * Keeps what masks took the place of, under the key of the case, and refers to it from the crossing: whoever may
 * see it asks for leave first (X5). Without a store the originals stay with their source, and nowhere else.
 * @param ofSummary what was masked in the summary of the boundary
 * @throws `STORE_UNAVAILABLE`, `PERSON_ERASED`
 */
export async function keepOriginals(
  store: ContextStore | undefined,
  owner: ContextCase,
  crossing: Crossing,
  originals: CrossingOriginals | undefined,
  ofSummary: Originals = new Map(),
): Promise<Crossing> {
  if (!store) return crossing;
  const receiver = new Map([...(originals?.receiver ?? []), ...ofSummary]);
  const standIns = Object.entries(crossing.standIns ?? {});
  const wanted = [
    receiver,
    ...standIns.map(([name]) => getOwn(originals?.standIns ?? {}, name) ?? new Map()),
  ];
  const entries = wanted.map(entryOf);
  const present = entries.filter((entry) => entry !== undefined);
  if (present.length === 0) return crossing;
  const references = await patiently(() => store.write({ case: owner, values: present }));
  const referenceTo = (entry: ContextEntry | undefined): Pick<Crossing, 'originals'> => {
    const reference = entry && references[present.indexOf(entry)];
    return reference ? { originals: reference } : {};
  };
  const prepared = standIns.map(([name, one], index): readonly [string, StandInCrossing] => [
    name,
    { ...one, ...referenceTo(entries[index + 1]) },
  ]);
  return {
    ...crossing,
    ...referenceTo(entries[0]),
    ...(crossing.standIns ? { standIns: Object.fromEntries(prepared) } : {}),
  };
}

/** One value per crossing, a member per field, so that a reader can be given one field and no other. */
function entryOf(originals: Originals): ContextEntry | undefined {
  if (originals.size === 0) return undefined;
  const value: JsonObject = {
    ...Object.fromEntries([...originals].map(([field, texts]) => [field, [...texts]])),
    salt: randomBytes(SALT_BYTES).toString('base64url'),
  };
  const { digest } = contextText({ key: 'masked', value, expectedVersion: 0 }).reference;
  return { key: `masked:${digest}`, value, expectedVersion: 0 };
}
