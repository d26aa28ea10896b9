import type { KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../contract/json.ts';
import type { LedgerRow } from '../contract/ledger.ts';
import type { LedgerStore } from '../contract/ports.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';
import { isCaseKeyId, type DataKeys } from './data-keys.ts';

/** What a row says, at rest. */
interface Sealed {
  /** Id of the case's key. */
  readonly key: string;
  /** Ciphertext in base64. */
  readonly text: string;
  /** Marks what stays in clear, by a key of the installation; absent in rows from before there were marks. */
  readonly frame?: string;
}

/** A mark of a text that only this installation can make: `digestOf` of its persons' keys. */
export type MarkText = (text: string) => Promise<string>;

/**
 * A ledger that seals what rows say with the key of their case, where it has one: reasons and explanations are words
 * of people (M11). Numbers, hashes, kinds, owners and times stay in clear, so that the chain is checked without the
 * key. Rows of other cases pass as they are, in both directions.
 * @param mark outlives the person: a row of theirs whose kind, owner or time was changed after the erasure shows
 */
export function sealedLedger(ledger: LedgerStore, keys: DataKeys, mark: MarkText): LedgerStore {
  const opened = async (row: LedgerRow): Promise<LedgerRow> => {
    const sealed = sealedIn(row.content);
    if (!sealed) return row;
    const found = await keys.find(sealed.key, undefined);
    switch (found.kind) {
      case 'erased': {
        const untouched =
          sealed.frame === undefined || sealed.frame === (await mark(frameOf(row, sealed.key)));
        // As it stands there, its hash does not fit: whoever verifies finds that it was changed.
        return untouched ? { ...row, content: {}, erased: true } : row;
      }
      case 'key': {
        const content = contentOf(found.secret, sealed, row);
        return content ? { ...row, content } : row;
      }
      case 'unknown':
      case 'lacking':
        // As it stands there, so that whoever verifies finds the row that cannot be read.
        return row;
    }
  };
  return {
    append: async (rows, owner) => {
      const [first] = rows;
      if (!first || !owner) return ledger.append(rows);
      const context = { type: 'workflow', namespace: '', workflowId: owner.caseId } as const;
      const { id, secret } = await keys.keyFor(context);
      if (!isCaseKeyId(id)) return ledger.append(rows, owner);
      const sealed = rows.map(async (row) => sealRow(row, id, secret, await mark(frameOf(row, id))));
      return ledger.append(await Promise.all(sealed), owner);
    },
    read: async (trace, range) => Promise.all((await ledger.read(trace, range)).map(opened)),
    head: (trace) => ledger.head(trace),
    close: () => ledger.close(),
  };
}

function sealRow(row: LedgerRow, key: string, secret: KeyObject, frame: string): LedgerRow {
  const plain = Buffer.from(JSON.stringify(row.content), 'utf8');
  const text = Buffer.from(sealBytes(secret, plain, boundRow(row))).toString('base64');
  return { ...row, content: { sealed: { key, text, frame } } };
}

function sealedIn(content: JsonObject): Sealed | undefined {
  const sealed = content['sealed'];
  if (!isJsonObject(sealed)) return undefined;
  const { key, text, frame } = sealed;
  if (typeof key !== 'string' || !isCaseKeyId(key) || typeof text !== 'string') return undefined;
  return { key, text, ...(typeof frame === 'string' ? { frame } : {}) };
}

function contentOf(secret: KeyObject, { text }: Sealed, row: LedgerRow): JsonObject | undefined {
  const plain = openBytes(secret, Buffer.from(text, 'base64'), boundRow(row));
  return plain && (JSON.parse(Buffer.from(plain).toString('utf8')) as JsonObject);
}

/** Everything of a row that stays in clear. */
function frameOf(row: LedgerRow, key: string): string {
  const { version, trace, sequence, previous, at, kind, owner, hash } = row;
  return JSON.stringify(['ledger-row', version, trace, sequence, previous, at, kind, owner, hash, key]);
}

/** A sealed text belongs to one row: moved to another it does not open. */
function boundRow({ trace, sequence, hash }: LedgerRow): string {
  return JSON.stringify(['baton-ledger-row', trace, sequence, hash]);
}
