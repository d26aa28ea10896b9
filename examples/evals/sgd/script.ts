import type { Routes } from '../../services/routes.ts';
import type { Exchange, Hop, ScriptedCall, ServiceScript } from '../../services/script.ts';
import type { Dialogue, Frame } from './dialogue.ts';
import type { Plannable } from '../fault-plan.ts';
import type { Leg } from './itinerary.ts';
import type { Knowledge } from './knowledge.ts';
import { createKnowledge } from './knowledge.ts';
import type { Travelled } from './routes.ts';
import { isCompiled } from './routes.ts';

/**
 * Turns a dialogue into what its services play. Values that come with a handoff are left out: the script only says
 * that a service takes them, and from where.
 */
export function scriptOf({ dialogue, legs }: Travelled, routes: Pick<Routes, 'mappings'>): ServiceScript {
  const services = new Map<string, Knowledge>();
  const knowledgeOf = (service: string): Knowledge => {
    const knowledge = services.get(service) ?? createKnowledge();
    services.set(service, knowledge);
    return knowledge;
  };
  const exchanges = legs.map((leg): Exchange => {
    const hops = hopsOf(leg, routes, knowledgeOf);
    const knowledge = knowledgeOf(leg.answer.service);
    const call = leg.answer.call && callOf(leg.answer.call, knowledge);
    return {
      turn: leg.turn,
      hops,
      ...(call ? { call } : {}),
      answer: leg.system.utt,
      notes: knowledge.tell(leg.answer),
    };
  });
  return { id: dialogue.id, exchanges, givesUp: isNeverMended(dialogue) };
}

/** A script as far as faults care. */
export function plannable(dialogue: Dialogue): Plannable {
  const steps = dialogue.turns.flatMap((turn, index) => {
    const [frame] = turn.frames;
    if (turn.sp !== 'S' || !frame?.call) return [];
    return [{ id: String(index - 1), changes: frame.call.transactional && !isFailure(frame) }];
  });
  return { id: dialogue.id, steps };
}

/** Whether the system says that a call failed. */
export function isFailure(frame: Frame): boolean {
  return frame.acts.some(([act]) => act === 'NOTIFY_FAILURE');
}

/** Whether the last failure of a dialogue is never mended: the same call never works later. */
export function isNeverMended(dialogue: Dialogue): boolean {
  const frames = dialogue.turns.filter((turn) => turn.sp === 'S').flatMap((turn) => turn.frames);
  const last = frames.findLastIndex(isFailure);
  const failed = frames[last];
  if (!failed) return false;
  return !frames
    .slice(last + 1)
    .some(
      (frame) => frame.service === failed.service && frame.call?.method === failed.call?.method && frame.call,
    );
}

function hopsOf(
  leg: Leg,
  routes: Pick<Routes, 'mappings'>,
  knowledgeOf: (service: string) => Knowledge,
): readonly Hop[] {
  const stops = [{ to: leg.owner, handoff: undefined }, ...leg.crossings];
  return stops.map(({ to: service, handoff }, index): Hop => {
    const from = stops[index - 1]?.to ?? service;
    const takes = (handoff?.carried ?? []).map(({ slot, fromService, fromSlot }) => {
      const source = { service: fromService, slot: fromSlot };
      const compiled = isCompiled(routes.mappings, { from, to: service, slot, source });
      return { slot, source, as: compiled ? ('given' as const) : ('passed' as const) };
    });
    const knowledge = knowledgeOf(service);
    knowledge.take(takes.map((take) => take.slot));
    // A service that has the case twice within one message hears its words once.
    const first = stops.findIndex((stop) => stop.to === service) === index;
    const frame = first ? leg.user.frames.find((one) => one.service === service) : undefined;
    return { service, takes, notes: frame ? knowledge.hear(frame) : {} };
  });
}

function callOf(call: NonNullable<Frame['call']>, knowledge: Knowledge): ScriptedCall {
  const slots = Object.entries(call.params);
  return {
    intent: call.method,
    slots: Object.fromEntries(slots.filter(([slot]) => !knowledge.isTaken(slot))),
    taken: slots.map(([slot]) => slot).filter((slot) => knowledge.isTaken(slot)),
  };
}
