import type { CaseEvent, DoorEvent } from '../events.ts';

const DOORS: ReadonlySet<string> = new Set<DoorEvent['kind']>([
  'said',
  'human-asked',
  'decided',
  'claimed',
  'released',
  'reassigned',
  'taken-over',
  'whispered',
  'person-replied',
  'gave-back',
  'person-resolved',
  'redriven',
  'discarded',
  'unmask-asked',
  'policy-switch-asked',
]);

/** Whether somebody outside said it, and a door may refuse it. */
export function isDoorEvent(event: CaseEvent): event is DoorEvent {
  return DOORS.has(event.kind);
}
