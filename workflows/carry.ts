import type { CaseInput } from '../contract/case.ts';
import { isFinalHandoff } from '../contract/lifecycle.ts';
import { FINISHED_RECORDS } from '../contract/limits.ts';
import { initialState, type CaseState } from './state.ts';

/** The state a case begins with: a new one, or what the execution before carried over. */
export function startingState(
  input: CaseInput,
  identity: Pick<CaseState, 'caseId' | 'trace' | 'speaks'>,
): CaseState {
  // The carried state was written by this code's own version or an older one that it reads: parsing checked that.
  return input.carried === undefined
    ? initialState(input, identity)
    : (input.carried as unknown as CaseState);
}

/** What a continued case begins with: everything that is open, and a window of what is finished. */
export function carriedInput(input: CaseInput, state: CaseState): CaseInput {
  const open = <Item extends { readonly status: string }>(
    items: readonly Item[],
    isOpen: (item: Item) => boolean,
  ): readonly Item[] =>
    items.filter((item, index) => isOpen(item) || index >= items.length - FINISHED_RECORDS);
  const carried: CaseState = {
    ...state,
    handoffs: open(state.handoffs, (one) => !isFinalHandoff(one.status) || one.id === state.broughtBy),
    reviews: open(state.reviews, (one) => one.status === 'open'),
    deadLetters: open(state.deadLetters, (one) => one.status === 'open'),
  };
  const { version, team, task, user, channel, locale, openedBy } = input;
  return {
    ...{ version, team, task, user, channel, locale, openedBy },
    facts: {},
    carried: carried as unknown as Record<string, unknown>,
  };
}
