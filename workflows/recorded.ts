import type { Recorded } from '../contract/activities.ts';
import type { CaseEvent } from './events.ts';

/** What an activity says of the stores, as an event of its case. */
export function recordedOf({ recordedThrough, recordedHash, keptThrough }: Recorded): CaseEvent {
  return {
    kind: 'recorded',
    through: recordedThrough,
    ...(recordedHash === undefined ? {} : { hash: recordedHash }),
    ...(keptThrough === undefined ? {} : { keptThrough }),
  };
}
