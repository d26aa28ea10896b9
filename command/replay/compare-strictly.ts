import { canonicalJson } from '../../contract/canonical-json.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { RecordedWork } from './recorded-steps.ts';
import type { ReplayedWork } from './replayed-steps.ts';
import { sameButForTimes } from './retakes.ts';
import type { RecordedStep, ReplayedStep, Step } from './step.ts';

/** The first thing in which a replay departs from the history. */
interface Difference {
  /** Event that the recorded side stands in; undefined when the history has nothing at this place. */
  readonly eventId: number | undefined;
  /** What the two sides are: `activity`, `timer` ... */
  readonly kind: string;
  /** Path of what differs, such as `arguments.0.envelope.step`, or `command` for one that is not there. */
  readonly field: string;
  readonly recorded: JsonValue;
  readonly replayed: JsonValue;
}

/** What a comparison found. */
export interface Comparison {
  /** Commands that were compared and equal. */
  readonly compared: number;
  /** Of these, the commands whose times are of another try of a workflow task that was taken twice. */
  readonly retimed?: number;
  readonly difference?: Difference;
}

/**
 * Holds every command of a replay against the recorded events: order, type, queue, arguments, timers, upserts,
 * continue-as-new input and result, as canonical JSON (I10). Timeouts, retry options and summaries may differ. An
 * open history is compared up to its last completed workflow task.
 */
export function compareStrictly(recorded: RecordedWork, replayed: ReplayedWork): Comparison {
  const steps = replayed.steps.filter((step) => !leavesNoEvent(step, recorded));
  let index = 0;
  let retimed = 0;
  for (; index < recorded.steps.length; index += 1) {
    const difference = compareSteps(recorded.steps[index], steps[index]);
    if (!difference) continue;
    if (!isRetimed(recorded, index, steps[index])) return { compared: index, difference };
    retimed += 1;
  }
  const beyond = steps[index];
  if (beyond && beyond.historyLength <= recorded.lastCompletedTask) {
    return { compared: index, difference: absent(undefined, beyond) };
  }
  for (const local of recorded.localActivities) {
    const twin = replayed.localActivities.find((candidate) => candidate.id === local.id);
    if (twin?.activityType !== local.activityType) {
      const difference: Difference = {
        eventId: local.eventId,
        kind: 'local-activity',
        field: 'type',
        recorded: local.activityType,
        replayed: twin?.activityType ?? null,
      };
      return { compared: index, difference };
    }
  }
  return { compared: index + recorded.localActivities.length, ...(retimed > 0 ? { retimed } : {}) };
}

/** Whether a step differs only because a workflow task before it was taken twice. */
function isRetimed(recorded: RecordedWork, index: number, replayed: ReplayedStep | undefined): boolean {
  const step = recorded.steps[index];
  if (!step || !replayed) return false;
  const before = recorded.retakes.filter((retake) => retake.eventId < step.eventId);
  const slackMs = before.reduce((sum, retake) => sum + retake.gapMs, 0);
  return before.length > 0 && sameButForTimes(step, replayed, slackMs);
}

/** A cancel that came too late to be sent: its timer or activity had ended in the same workflow task. */
function leavesNoEvent(step: ReplayedStep, recorded: RecordedWork): boolean {
  if (step.kind !== 'cancel-timer' && step.kind !== 'cancel-activity') return false;
  const isRecorded = recorded.steps.some((other) => other.kind === step.kind && other.id === step.id);
  return !isRecorded && recorded.resolved.has(`${step.kind.slice('cancel-'.length)}:${step.id}`);
}

function compareSteps(
  recorded: RecordedStep | undefined,
  replayed: ReplayedStep | undefined,
): Difference | undefined {
  if (!recorded || !replayed) return absent(recorded, replayed);
  const place = { eventId: recorded.eventId, kind: recorded.kind };
  if (recorded.kind !== replayed.kind) {
    return { ...place, field: 'command', recorded: outline(recorded), replayed: outline(replayed) };
  }
  for (const [field, value] of Object.entries(replayed.fields)) {
    const found = firstDifference(recorded.fields[field] ?? null, value, field);
    if (found) return { ...place, ...found };
  }
  if (recorded.id !== replayed.id) {
    return { ...place, field: 'id', recorded: recorded.id, replayed: replayed.id };
  }
  return undefined;
}

function absent(recorded: RecordedStep | undefined, replayed: ReplayedStep | undefined): Difference {
  return {
    eventId: recorded?.eventId,
    kind: recorded?.kind ?? replayed?.kind ?? 'nothing',
    field: 'command',
    recorded: recorded ? outline(recorded) : null,
    replayed: replayed ? outline(replayed) : null,
  };
}

/** A step in a few words: its kind, and the type of an activity. */
function outline(step: Step): string {
  const type = step.fields['type'];
  return typeof type === 'string' ? `${step.kind} ${type}` : step.kind;
}

/** The innermost place at which two JSON values differ. */
function firstDifference(
  recorded: JsonValue,
  replayed: JsonValue,
  path: string,
): { readonly field: string; readonly recorded: JsonValue; readonly replayed: JsonValue } | undefined {
  if (sameJson(recorded, replayed)) return undefined;
  const bothLists = Array.isArray(recorded) && Array.isArray(replayed) && recorded.length === replayed.length;
  if (bothLists || (isJsonObject(recorded) && isJsonObject(replayed))) {
    const left: Readonly<Record<string, JsonValue>> = { ...(recorded as object) };
    const right: Readonly<Record<string, JsonValue>> = { ...(replayed as object) };
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const inner = firstDifference(left[name] ?? null, right[name] ?? null, `${path}.${name}`);
      if (inner) return inner;
    }
  }
  return { field: path, recorded, replayed };
}

function sameJson(left: JsonValue, right: JsonValue): boolean {
  try {
    return canonicalJson(left) === canonicalJson(right);
  } catch {
    // Lone surrogates have no canonical form; their order of keys is the same on both sides of one build.
    return JSON.stringify(left) === JSON.stringify(right);
  }
}
