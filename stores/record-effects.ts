import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonValue } from '../contract/json.ts';
import type { CommitOutcome, Fence, RecordStore, UndoOutcome } from '../contract/ports.ts';
import { overlayRecords, type RecordSource, type RecordWrite } from './record-overlay.ts';
import { requireStorableName, storableText } from './storable.ts';

/**
 * What a store remembers of a key. `refused` keeps nothing but the fence: to everyone who asks, the key is unseen,
 * but an attempt that slept through its replacement's refusal must not commit behind its back.
 */
export interface EffectEntry {
  readonly key: string;
  readonly state: 'refused' | 'committed' | 'undone' | 'tombstoned';
  readonly tool: string;
  readonly inputDigest: string | null;
  /** JSON text of the kept result. */
  readonly result: string | null;
  readonly fence: Fence;
}

/** The record as it was before an effect, to the byte, and a digest of what the effect left there. */
export interface RecordImage {
  readonly collection: string;
  readonly id: string;
  /** null where the effect created the record. */
  readonly before: string | null;
  /** null where the effect removed it. */
  readonly afterDigest: string | null;
}

/** One transaction of a database, as far as the rules here need it. What is saved is written by its end. */
export interface RecordSession extends RecordSource {
  /** What is known of a key. Nobody else may speak for the key until the transaction ends. */
  findEffect(key: string): Promise<EffectEntry | undefined>;
  /** Before-images of a key in order of first writing. */
  findImages(key: string): Promise<readonly RecordImage[]>;
  saveEffect(entry: EffectEntry): void;
  saveImages(key: string, images: readonly RecordImage[]): void;
  saveRecords(writes: readonly RecordWrite[]): void;
}

/** Runs work in one transaction: kept when it answers, dropped when it throws. */
export type TransactRecords = <Answer>(work: (session: RecordSession) => Promise<Answer>) => Promise<Answer>;

/**
 * The rules of effects and their undoing (I3, I4, I5), the same for every database. Each call is one transaction and
 * compares fences before anything else in it; whoever is let through leaves the higher fence behind, whatever the
 * answer, unless the change throws.
 */
export function effectRules(transact: TransactRecords): Pick<RecordStore, 'commit' | 'undo'> {
  const inside = new AsyncLocalStorage<string>();
  const requireOutside = (): void => {
    const key = inside.getStore();
    if (key === undefined) return;
    // It would wait for the transaction it is called from.
    throw new BatonError(
      failure('REQUEST_FORBIDDEN', `inside the change of key ${key} no other key is committed or undone`),
    );
  };
  return {
    commit: async (request) => {
      requireOutside();
      requireStorableName('key', request.key);
      return transact((session) => inside.run(request.key, () => commitWithin(session, request)));
    },
    undo: async (request) => {
      requireOutside();
      requireStorableName('key', request.key);
      return transact((session) => undoWithin(session, request));
    },
  };
}

async function commitWithin(
  session: RecordSession,
  request: Parameters<RecordStore['commit']>[0],
): Promise<CommitOutcome> {
  const { key, fence, tool, inputDigest, change } = request;
  const known = await session.findEffect(key);
  if (known !== undefined) {
    if (isEarlier(fence, known.fence)) return { kind: 'fenced', by: known.fence };
    if (known.state !== 'refused') {
      raiseFence(session, known, fence);
      if (known.state !== 'committed') return { kind: 'tombstoned' };
      if (known.inputDigest !== inputDigest) return { kind: 'mismatched' };
      return { kind: 'committed', result: JSON.parse(known.result ?? 'null') as JsonValue, repeated: true };
    }
  }
  const overlay = overlayRecords(session);
  try {
    const answer = await change(overlay.records);
    if (answer.kind === 'refused') {
      session.saveEffect({ key, state: 'refused', tool, inputDigest, result: null, fence });
      return { kind: 'refused', code: answer.code, message: answer.message };
    }
    const result = storableText('result', answer.result);
    const writes = overlay.writes();
    session.saveImages(key, writes.map(imageOf));
    session.saveRecords(writes);
    session.saveEffect({ key, state: 'committed', tool, inputDigest, result, fence });
    return { kind: 'committed', result: JSON.parse(result) as JsonValue, repeated: false };
  } finally {
    overlay.end();
  }
}

async function undoWithin(
  session: RecordSession,
  request: Parameters<RecordStore['undo']>[0],
): Promise<UndoOutcome> {
  const { key, fence, tool } = request;
  const known = await session.findEffect(key);
  if (known === undefined || known.state === 'refused') {
    if (known !== undefined && isEarlier(fence, known.fence)) return { kind: 'fenced', by: known.fence };
    session.saveEffect({ key, state: 'tombstoned', tool, inputDigest: null, result: null, fence });
    return { kind: 'tombstoned', repeated: false };
  }
  if (isEarlier(fence, known.fence)) return { kind: 'fenced', by: known.fence };
  if (known.state !== 'committed') {
    raiseFence(session, known, fence);
    return { kind: known.state, repeated: true };
  }
  const images = await session.findImages(key);
  const restored: RecordWrite[] = [];
  for (const { collection, id, before, afterDigest } of images.toReversed()) {
    const present = await session.readText(collection, id);
    if (digestOfText(present) !== afterDigest) {
      raiseFence(session, known, fence);
      return { kind: 'conflict', collection, id };
    }
    restored.push({ collection, id, before: present, after: before });
  }
  session.saveRecords(restored);
  session.saveEffect({ ...known, state: 'undone', fence });
  return { kind: 'undone', repeated: false };
}

function raiseFence(session: RecordSession, known: EffectEntry, fence: Fence): void {
  if (isEarlier(known.fence, fence)) session.saveEffect({ ...known, fence });
}

function isEarlier(left: Fence, right: Fence): boolean {
  return left.epoch < right.epoch || (left.epoch === right.epoch && left.attempt < right.attempt);
}

function imageOf({ collection, id, before, after }: RecordWrite): RecordImage {
  return { collection, id, before, afterDigest: digestOfText(after) };
}

/** The digest a record is recognised by. Of the text as stored, since an undo must find exactly what it left. */
function digestOfText(text: string | null): string | null {
  return text === null ? null : createHash('sha256').update(text).digest('hex');
}
