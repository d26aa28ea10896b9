import { requireStorableName } from './storable.ts';

/** What is counted: rates of tools, and budgets of tenants. */
export type MeterKind = 'rate' | 'budget';

/** Which meter: a tenant's budget, or one of its buckets. */
export interface MeterName {
  readonly kind: MeterKind;
  readonly tenant: string;
  readonly name: string;
}

/** A meter as text, with the number of its changes. */
export interface MeterRow {
  readonly version: number;
  readonly state: string;
}

/** Where meters lie: each a text that is replaced where nobody else has replaced it since it was read. */
export interface MeterTable {
  read(name: MeterName): Promise<MeterRow | undefined>;
  /**
   * Compare-and-set.
   * @param expected version that was read, 0 for a meter that was not there
   * @param state undefined removes it
   * @returns whether it was still so
   */
  set(name: MeterName, expected: number, state: string | undefined): Promise<boolean>;
  /** Tenant, name and state, in order. */
  list(kind: MeterKind): Promise<readonly (readonly unknown[])[]>;
  close(): Promise<void>;
}

/** What a change of a meter comes to: the next state, the same to leave it, and what to answer. */
export interface MeterChange<State, Answer> {
  readonly state: State | undefined;
  readonly answer: Answer;
}

/**
 * Changes a meter: reads, computes, and sets where nobody was quicker, else begins again. Whoever loses has lost to
 * somebody who won, so that it ends.
 */
export async function changeMeter<State, Answer>(
  table: MeterTable,
  name: MeterName,
  change: (state: State | undefined) => MeterChange<State, Answer> | Promise<MeterChange<State, Answer>>,
): Promise<Answer> {
  requireStorableName('tenant', name.tenant);
  requireStorableName('name', name.name);
  for (;;) {
    const row = await table.read(name);
    const before = row && (JSON.parse(row.state) as State);
    const { state, answer } = await change(before);
    if (state === before) return answer;
    const text = state === undefined ? undefined : JSON.stringify(state);
    if (await table.set(name, row?.version ?? 0, text)) return answer;
  }
}
