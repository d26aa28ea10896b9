import { getOwn } from '../../../contract/json.ts';
import type { Service } from '../../services/schema.ts';
import type { Dialogue, Frame, Turn } from './dialogue.ts';

/**
 * What is wrong with a dialogue beyond its shape, each fault with its field: turns out of order, services, slots and
 * methods that the schema does not know, a system turn that speaks for several services, handoffs that do not fit.
 */
export function findDialogueFaults(dialogue: Dialogue, services: readonly Service[]): string[] {
  const byName = Object.fromEntries(services.map((service) => [service.service_name, service]));
  const faults: string[] = [];
  if (dialogue.turns.length % 2 !== 0)
    faults.push('turns: the last word must be the system’s; their number is odd');
  for (const [index, turn] of dialogue.turns.entries()) {
    const place = `turns.${String(index)}`;
    const expected = index % 2 === 0 ? 'U' : 'S';
    if (turn.sp !== expected) faults.push(`${place}.sp: expected ${expected}, turns alternate`);
    if (turn.sp === 'S' && turn.frames.length !== 1)
      faults.push(`${place}.frames: a system turn speaks for one service`);
    faults.push(...faultsOfFrames(turn, place, byName));
  }
  let last = -1;
  for (const [index, handoff] of dialogue.handoffs.entries()) {
    const place = `handoffs.${String(index)}`;
    if (dialogue.turns[handoff.turn]?.sp !== 'U')
      faults.push(`${place}.turn: ${String(handoff.turn)} is not a turn of the user`);
    if (handoff.turn <= last) faults.push(`${place}.turn: handoffs must be in order`);
    last = handoff.turn;
    if (handoff.from === handoff.to) faults.push(`${place}.to: a service cannot hand over to itself`);
    for (const side of ['from', 'to'] as const) {
      if (!getOwn(byName, handoff[side]))
        faults.push(`${place}.${side}: ${handoff[side]} is not in schema.json`);
    }
    for (const [which, carried] of handoff.carried.entries()) {
      const here = `${place}.carried.${String(which)}`;
      if (!hasSlot(byName, handoff.to, carried.slot))
        faults.push(`${here}.slot: ${handoff.to} has no slot ${carried.slot}`);
      if (!hasSlot(byName, carried.fromService, carried.fromSlot))
        faults.push(`${here}.fromSlot: ${carried.fromService} has no slot ${carried.fromSlot}`);
    }
  }
  return faults;
}

type Services = Readonly<Record<string, Service>>;

function faultsOfFrames(turn: Turn, place: string, services: Services): readonly string[] {
  return turn.frames.flatMap((frame, index) => {
    const here = `${place}.frames.${String(index)}`;
    if (!getOwn(services, frame.service)) return [`${here}.service: ${frame.service} is not in schema.json`];
    return [
      ...faultsOfSlots(frame, 'stateDelta', frame.stateDelta, here, services),
      ...faultsOfSlots(frame, 'firstResult', frame.firstResult, here, services),
      ...faultsOfCall(frame, here, services),
    ];
  });
}

function faultsOfCall(frame: Frame, here: string, services: Services): readonly string[] {
  const { call } = frame;
  if (!call) return [];
  const intent = getOwn(services, frame.service)?.intents.find((one) => one.name === call.method);
  if (!intent) return [`${here}.call.method: ${frame.service} has no intent ${call.method}`];
  const faults = [...faultsOfSlots(frame, 'call.params', call.params, here, services)];
  if (intent.is_transactional !== call.transactional)
    faults.push(`${here}.call.transactional: schema.json says ${String(intent.is_transactional)}`);
  for (const slot of intent.required_slots) {
    if (!Object.hasOwn(call.params, slot))
      faults.push(`${here}.call.params.${slot}: ${call.method} requires it`);
  }
  return faults;
}

function faultsOfSlots(
  frame: Frame,
  field: string,
  values: Readonly<Record<string, string>> | undefined,
  here: string,
  services: Services,
): readonly string[] {
  return Object.keys(values ?? {})
    .filter((slot) => !hasSlot(services, frame.service, slot))
    .map((slot) => `${here}.${field}.${slot}: ${frame.service} has no such slot`);
}

function hasSlot(services: Services, service: string, slot: string): boolean {
  return getOwn(services, service)?.slots.some((one) => one.name === slot) ?? false;
}
