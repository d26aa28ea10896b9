import { digestOf } from '../../contract/digest.ts';
import type { Failure } from '../../contract/failures.ts';
import type { DoorKey } from '../../contract/proof.ts';
import type { Draft } from '../draft.ts';
import { noteRefusal, nowText, writeRow } from '../draft.ts';

/** Asks a worker for the keys of doors, as they are now. */
export function askForDoorKeys(draft: Draft): void {
  const { caseId, trace } = draft.state;
  draft.steps.push({ kind: 'read-door-keys', input: { version: '1.0.0', caseId, trace } });
}

/** A worker has told the keys of doors: from now on these count, and no others. */
export function takeDoorKeys(draft: Draft, keys: readonly DoorKey[]): void {
  const { state } = draft;
  // Nothing is written behind the closing row (I9).
  if (state.work.kind === 'closing' || state.work.kind === 'closed') return;
  state.doorKeys = { at: nowText(draft), keys };
  writeRow(draft, 'door-keys-read', {
    keys: keys.slice(0, 100).map(({ id, status }) => ({ id, status })),
    keysDigest: digestOf(keys),
  });
}

/** The keys cannot be had now: the next to ask is heard again. */
export function onDoorKeysFailed(draft: Draft, problem: Failure): void {
  const { state } = draft;
  if (state.doorKeys) state.doorKeys = { at: state.doorKeys.at, keys: state.doorKeys.keys };
  noteRefusal(draft, 'keys of doors', problem);
}

/** Somebody at a door has a signature of a key that the case does not know: it may be a new one. */
export function onDoorKeysWanted(draft: Draft): void {
  const { state } = draft;
  const { doorKeys } = state;
  const waits = state.reviews.some((one) => one.proof === 'proven' && one.status === 'open');
  // Asked for once, whoever else wants them until they are there.
  if (!waits || !doorKeys || doorKeys.asked === true) return;
  state.doorKeys = { ...doorKeys, asked: true };
  askForDoorKeys(draft);
}
