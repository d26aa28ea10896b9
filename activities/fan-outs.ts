import { neededOf, type Need, type Rest } from '../contract/fan-out.ts';
import { ASKS_PER_TURN } from '../contract/limits.ts';
import type { TeamManifest } from '../contract/team.ts';
import type { Agent } from './agent.ts';

/** What several questions that an agent puts at once need (O6). */
export interface FanOutOptions {
  /**
   * How many must be answered: `all`, `any` of them, or so many. Where fewer are, those under way are stopped, and what
   * was written for any of them is taken back. `all` when absent; an agent may need more, and never fewer.
   */
  readonly need?: Need;
  /** Once enough are answered, the others are waited for (`wait`, when absent) or stopped. */
  readonly rest?: Rest;
}

/** What the questions need that an agent puts at once. */
export interface FanOut {
  readonly from: Agent;
  readonly options: FanOutOptions;
}

/** Declares what several questions of one turn need: `fanOut(supervisor, { need: 2 })`. */
export function fanOut(from: Agent, options: FanOutOptions): FanOut {
  return { from, options };
}

/** The same as the manifest has it. Faults are added to the list. */
export function fanOutsManifest(
  declared: readonly FanOut[],
  asks: readonly { readonly from: Agent }[],
  faults: string[],
): NonNullable<TeamManifest['fanOuts']> {
  const named = new Set<string>();
  return Object.fromEntries(
    declared.map(({ from: { name }, options: { need, rest } }) => {
      const place = `fanOuts (${name})`;
      if (named.has(name)) faults.push(`${place}: it is there twice`);
      named.add(name);
      if (!asks.some((one) => one.from.name === name)) faults.push(`${place}: ${name} may ask nobody`);
      if (need !== undefined && neededOf(need, ASKS_PER_TURN) !== need && typeof need === 'number')
        faults.push(`${place}.need: at most ${String(ASKS_PER_TURN)}, the questions that one turn may put`);
      return [name, { ...(need === undefined ? {} : { need }), ...(rest === undefined ? {} : { rest }) }];
    }),
  );
}
