import { isDeepStrictEqual } from 'node:util';
import { findLedgerFault } from '../../../contract/ledger.ts';
import { isFinalHandoff } from '../../../contract/lifecycle.ts';
import { decide } from '../../../workflows/decide/decide.ts';
import { isCarried } from './carried.ts';
import { createBoundsCheck, doorsKeepTheirWord, stagesAgree } from './check-bounds.ts';
import { createApprovalCheck, createEffectCheck } from './check-effects.ts';
import { createFanOutCheck } from './check-fan-outs.ts';
import { createLedgerCheck } from './check-ledger.ts';
import {
  createCrossingCheck,
  noHandoffLost,
  oneOwner,
  peopleOnlyForThoseWhoWant,
} from './check-ownership.ts';
import { createMemoryCheck } from './check-memory.ts';
import { createSpendCheck } from './check-spend.ts';
import { createRestCheck, somethingIsUnderWay } from './check-progress.ts';
import { holds } from './holds.ts';
import { missingIsShown } from './missing.ts';
import type { Check, Play } from './play.ts';

/** The same state, event and time give the same decision, and one that is plain JSON. */
const pure: Check = ({ before, event, now, after, steps }) => {
  const again = decide(before, event, now);
  const { manifest: team, ...wanted } = after;
  const { manifest, ...got } = again.state;
  holds((manifest === null) === (team === null), 'the team is pinned once and not again');
  holds(isSameText(got, wanted), 'a decision is not the same twice');
  holds(isDeepStrictEqual(again.steps, steps), 'the steps are not the same twice');
  const odd = notJson({ state: got, steps: again.steps });
  holds(odd === undefined, `not plain JSON: ${odd ?? ''}`);
};

type Members = Readonly<Record<string, unknown>>;

/** Whether two values have the same JSON text. Parts that are one object have, and are not looked at. */
function isSameText(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return JSON.stringify(one) === JSON.stringify(other);
  if (!Array.isArray(one)) return !Array.isArray(other) && isSameObject(one as Members, other as Members);
  if (!Array.isArray(other) || one.length !== other.length) return false;
  // By index, for a hole in a list is no null.
  for (let index = 0; index < one.length; index += 1) if (!isSameText(one[index], other[index])) return false;
  return true;
}

/** Whether members have the same names in the same order and the same text, those left out that JSON leaves out. */
function isSameObject(one: Members, other: Members): boolean {
  const others = Object.keys(other).filter((name) => other[name] !== undefined);
  let seen = 0;
  for (const name of Object.keys(one)) {
    if (one[name] === undefined) continue;
    if (others[seen] !== name || !isSameText(one[name], other[name])) return false;
    seen += 1;
  }
  return seen === others.length;
}

/** The path of the first thing that would not survive JSON, written only where there is one. */
function notJson(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : '';
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : '';
    case 'object': {
      if (value === null || isCarried(value)) return undefined;
      const isList = Array.isArray(value);
      if (!isList && Object.getPrototypeOf(value) !== Object.prototype) return '';
      for (const name of Object.keys(value)) {
        const member = (value as Members)[name];
        const odd = isList && member === undefined ? '' : notJson(member);
        if (odd !== undefined) return `.${name}${odd}`;
      }
      return undefined;
    }
    case 'bigint':
    case 'symbol':
    case 'function':
      return '';
  }
}

/** Every check of the design's invariants, fresh for one case. */
export function createChecks(): readonly Check[] {
  return [
    pure,
    oneOwner,
    peopleOnlyForThoseWhoWant,
    noHandoffLost,
    createCrossingCheck(),
    createMemoryCheck(),
    createEffectCheck(),
    createApprovalCheck(),
    createLedgerCheck(),
    createFanOutCheck(),
    createBoundsCheck(),
    createSpendCheck(),
    doorsKeepTheirWord,
    stagesAgree,
    somethingIsUnderWay,
    createRestCheck(),
    missingIsShown,
  ];
}

/** Liveness: answered sensibly and then cancelled, every case closes, whole. */
export function endPlay(play: Play): void {
  play.settle();
  play.dispatch({ kind: 'cancel-requested' });
  play.settle();
  // What could not be undone waits for a person.
  for (const letter of play.state().deadLetters.filter((one) => one.status === 'open')) {
    play.dispatch({
      kind: 'discarded',
      message: { deadLetterId: letter.id, by: 'pam', reason: 'undone by hand' },
    });
    play.settle();
  }
  const state = play.state();
  holds(state.stage === 'closed', `liveness: the case is ${state.stage}`);
  holds(state.ending !== undefined && state.saga !== undefined, 'closed without an outcome');
  for (const record of state.handoffs)
    holds(isFinalHandoff(record.status), `I2: ${record.id} ends as ${record.status}`);
  for (const effect of state.effects) {
    const outside = play.world.outside.get(effect.key)?.state;
    const finished = state.ending.kind === 'finished';
    switch (effect.status) {
      case 'undone':
        holds(outside === 'undone' || outside === 'tombstoned', 'I4: undone on record only');
        break;
      case 'kept':
        break;
      case 'committed':
        holds(finished && outside === 'committed', 'I4: a case ended badly and kept an effect');
        break;
      case 'scheduled':
      case 'failed':
      case 'undo-failed':
        holds(false, `I4: an effect ends as ${effect.status}`);
    }
  }
  for (const [key, outside] of play.world.outside) {
    const known = state.effects.some((one) => one.key === key);
    holds(known || outside.state === 'unseen', 'I4: an effect stands outside that the case does not know');
  }
  holds(play.rows.at(-1)?.kind === 'case-closed', 'I9: the last row is not the closing one');
  if (!play.world.ledgerRefused) {
    holds(play.world.store.length === play.rows.length, 'I9: the ledger is not complete');
    holds(findLedgerFault(state.trace, play.world.store) === undefined, 'I9: the stored ledger has a fault');
  }
}
