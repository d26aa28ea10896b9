import type { CommitOutcome, Fence, UndoOutcome } from '../../contract/ports.ts';

/** One write of a change in a property test: null removes. */
export interface ModelWrite {
  readonly id: string;
  readonly value: number | null;
}

/** How a change of a property test ends. */
export type ModelEnd = 'done' | 'refused' | 'thrown';

interface ModelKey {
  state: 'refused' | 'committed' | 'undone' | 'tombstoned';
  digest: string;
  result: number;
  fence: Fence;
  images: { id: string; before: number | null; after: number | null }[];
}

/**
 * What a record store should do, said as simply as can be: two maps and no transactions. One collection, records
 * that are numbers, results that number the commits.
 */
export class RecordModel {
  readonly records = new Map<string, number>();
  readonly keys = new Map<string, ModelKey>();
  commits = 0;

  look(key: string): string {
    const state = this.keys.get(key)?.state;
    return state === undefined || state === 'refused' ? 'unseen' : state;
  }

  /** What the commit must answer, or `thrown`; a repeat answers the result of the first time. */
  commit(request: {
    readonly key: string;
    readonly fence: Fence;
    readonly digest: string;
    readonly writes: readonly ModelWrite[];
    readonly end: ModelEnd;
  }): CommitOutcome | 'thrown' {
    const { key, fence, digest, writes, end } = request;
    const known = this.keys.get(key);
    if (known !== undefined && order(fence) < order(known.fence)) return { kind: 'fenced', by: known.fence };
    if (known !== undefined && known.state !== 'refused') {
      known.fence = fence;
      if (known.state !== 'committed') return { kind: 'tombstoned' };
      if (known.digest !== digest) return { kind: 'mismatched' };
      return { kind: 'committed', result: known.result, repeated: true };
    }
    if (end === 'thrown') return 'thrown';
    if (end === 'refused') {
      this.keys.set(key, { state: 'refused', digest, result: 0, fence, images: [] });
      return { kind: 'refused', code: 'NO', message: 'no' };
    }
    const images = [...new Set(writes.map(({ id }) => id))].map((id) => {
      const after = writes.findLast((write) => write.id === id)?.value ?? null;
      return { id, before: this.records.get(id) ?? null, after };
    });
    for (const { id, after } of images) this.#set(id, after);
    this.commits += 1;
    const changed = images.filter(({ before, after }) => before !== after);
    this.keys.set(key, { state: 'committed', digest, result: this.commits, fence, images: changed });
    return { kind: 'committed', result: this.commits, repeated: false };
  }

  undo(key: string, fence: Fence): UndoOutcome | { readonly kind: 'conflict' } {
    const known = this.keys.get(key);
    if (known !== undefined && order(fence) < order(known.fence)) return { kind: 'fenced', by: known.fence };
    if (known === undefined || known.state === 'refused') {
      this.keys.set(key, { state: 'tombstoned', digest: '', result: 0, fence, images: [] });
      return { kind: 'tombstoned', repeated: false };
    }
    known.fence = fence;
    if (known.state !== 'committed') return { kind: known.state, repeated: true };
    if (known.images.some(({ id, after }) => (this.records.get(id) ?? null) !== after)) {
      return { kind: 'conflict' };
    }
    for (const { id, before } of known.images) this.#set(id, before);
    known.state = 'undone';
    return { kind: 'undone', repeated: false };
  }

  #set(id: string, value: number | null): void {
    if (value === null) this.records.delete(id);
    else this.records.set(id, value);
  }
}

function order({ epoch, attempt }: Fence): number {
  return epoch * 1000 + attempt;
}
