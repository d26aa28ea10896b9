import type { SlotValue } from '../../services/slot-value.ts';
import type { Notes } from '../../services/script.ts';
import type { Frame } from './dialogue.ts';

interface Known {
  /** What the user made it, or what the service found out. */
  readonly by: 'user' | 'service' | 'handoff';
  readonly value?: SlotValue;
}

/** What one service learns over a dialogue, in the order in which it learns it. */
export interface Knowledge {
  /** Slots whose values nobody says come with a handoff. */
  readonly take: (slots: readonly string[]) => void;
  /**
   * The user's words. A value that the user does not name in this turn (the user says yes) is what the service last
   * told.
   */
  readonly hear: (frame: Frame) => Notes;
  /** The service's own words, and what its call found. */
  readonly tell: (frame: Frame) => Notes;
  /** Whether what the service knows of a slot came with a handoff and was not replaced since. */
  readonly isTaken: (slot: string) => boolean;
}

/** Follows what a service knows. */
export function createKnowledge(): Knowledge {
  const known = new Map<string, Known>();
  const told = new Map<string, string>();

  const take = (slots: readonly string[]): void => {
    for (const slot of slots) {
      known.set(slot, { by: 'handoff' });
      told.delete(slot);
    }
  };

  const hear = (frame: Frame): Notes => {
    const notes: Record<string, SlotValue> = {};
    for (const [slot, said] of Object.entries(frame.stateDelta ?? {})) {
      const informed = frame.acts.find(([act, name]) => act === 'INFORM' && name === slot)?.[2];
      const before = known.get(slot);
      // The user repeats in other words what came with the handoff: it stays what it is.
      if (informed === undefined && before?.by === 'handoff' && !told.has(slot)) continue;
      const value = informed ?? told.get(slot) ?? said;
      const same = before?.value !== undefined && equal(before.value.value, value) ? before.value.said : [];
      const now = { value, said: distinct([...same, said]) };
      known.set(slot, { by: 'user', value: now });
      notes[slot] = now;
    }
    return notes;
  };

  const find = (slot: string, value: string, notes: Record<string, SlotValue>): void => {
    const before = known.get(slot);
    // What came with the handoff is the service's already, in its own form.
    if (before?.by === 'handoff') return;
    if (before?.by === 'user' && before.value && !equal(before.value.value, value)) return;
    const now = { value, said: distinct(before?.by === 'user' ? (before.value?.said ?? []) : []) };
    known.set(slot, { by: before?.by ?? 'service', value: now });
    notes[slot] = now;
  };

  const tell = (frame: Frame): Notes => {
    const notes: Record<string, SlotValue> = {};
    for (const [slot, value] of Object.entries(frame.call?.params ?? {})) {
      const before = known.get(slot);
      if (before?.by === 'handoff') continue;
      // A call holds what the user said in the form that the service books with.
      const said = before?.by === 'user' ? (before.value?.said ?? []) : [];
      const now = { value, said: distinct(said) };
      known.set(slot, { by: before?.by ?? 'service', value: now });
      notes[slot] = now;
    }
    for (const [slot, value] of Object.entries(frame.firstResult ?? {})) find(slot, value, notes);
    for (const [act, slot, value] of frame.acts) {
      if (value === '' || slot === '' || !['OFFER', 'CONFIRM', 'INFORM'].includes(act)) continue;
      if (known.get(slot)?.by !== 'handoff' || act === 'OFFER') told.set(slot, value);
      find(slot, value, notes);
    }
    return notes;
  };

  return { take, hear, tell, isTaken: (slot) => known.get(slot)?.by === 'handoff' };
}

function equal(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)].slice(-50);
}
