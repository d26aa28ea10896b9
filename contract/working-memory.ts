import { z } from 'zod';
import { digestOf } from './digest.ts';
import { getOwn, isJsonObject, type JsonObject } from './json.ts';
import { PARTIAL_RESULTS_BYTES, RECORDS_READ } from './limits.ts';
import { isWithinBytes } from './json-bytes.ts';
import { selectFields } from './selective-fields.ts';
import type { AgentManifest } from './team.ts';
import { factsSchema, reasonSchema } from './words.ts';

const Carried = z.object({
  intent: reasonSchema().min(1).optional(),
  recordsRead: z.array(z.string().max(500)).max(RECORDS_READ).optional(),
  partialResults: factsSchema()
    .refine(
      (results) => isWithinBytes(results, PARTIAL_RESULTS_BYTES),
      `at most ${String(PARTIAL_RESULTS_BYTES)} bytes`,
    )
    .optional(),
});
/** Schema of a working memory that comes from another house, or opens a case. */
export function workingMemorySchema(): typeof Carried {
  return Carried;
}

const Names = z.object({
  intent: z.literal(true).optional(),
  recordsRead: z.literal(true).optional(),
  /** Names of results. */
  partialResults: z.array(z.string().min(1).max(200)).max(100).optional(),
});
/** What another house takes up of a working memory, by name alone: its own schemas it keeps. */
export type MemoryNames = z.output<typeof Names>;
/** Schema of {@link MemoryNames}. */
export function memoryNamesSchema(): typeof Names {
  return Names;
}

/**
 * What an owner works with beside facts: what it is after and takes to be so, the records that it read, and results by
 * name that are not facts yet (H8). What is empty is absent.
 */
export type WorkingMemory = {
  readonly intent?: string;
  readonly recordsRead?: readonly string[];
  readonly partialResults?: JsonObject;
};

/** Which parts of a working memory are meant: how many records, which results. Never a value. */
export type MemoryOutline = {
  readonly intent?: true;
  readonly recordsRead?: number;
  /** Names, and dotted paths where only a part of a result is meant. */
  readonly partialResults?: readonly string[];
};

/** A working memory at an edge: what crosses, and what is left behind. What is empty is absent. */
export type MemoryCrossing = {
  readonly crossed?: WorkingMemory;
  readonly dropped?: MemoryOutline;
};

/** What an agent takes up of others' working memory, as a manifest has it. */
export type MemoryAccepted = NonNullable<AgentManifest['workingMemory']>;

/** The working memory within whatever holds one: an envelope's memory, or an owner's. */
export function workingMemoryOf(holder: {
  readonly intent?: string | undefined;
  readonly recordsRead?: readonly string[] | undefined;
  readonly partialResults?: unknown;
}): WorkingMemory {
  const { intent, recordsRead = [], partialResults } = holder;
  return {
    ...(intent === undefined || intent === '' ? {} : { intent }),
    ...(recordsRead.length > 0 ? { recordsRead: [...new Set(recordsRead)] } : {}),
    ...(isJsonObject(partialResults) && Object.keys(partialResults).length > 0 ? { partialResults } : {}),
  };
}

/** Whether nothing is in it. */
export function isEmptyMemory(memory: WorkingMemory): boolean {
  return Object.keys(memory).length === 0;
}

/** What there is, without saying what it says. */
export function outlineOf({ intent, recordsRead, partialResults }: WorkingMemory): MemoryOutline {
  return {
    ...(intent === undefined ? {} : { intent: true }),
    ...(recordsRead ? { recordsRead: recordsRead.length } : {}),
    ...(partialResults ? { partialResults: Object.keys(partialResults) } : {}),
  };
}

/**
 * Cuts a working memory to what a receiver takes up (I6, X3). What is stated either crosses or is left behind by name;
 * of records, the newest cross.
 * @param accepted undefined for an agent that takes up nothing
 */
export function cutMemory(accepted: MemoryAccepted | undefined, memory: WorkingMemory): MemoryCrossing {
  const { intent, recordsRead = [], partialResults = {} } = memory;
  const records = accepted?.recordsRead ? recordsRead.slice(-RECORDS_READ) : [];
  const cut = accepted?.partialResults
    ? selectFields(accepted.partialResults, partialResults)
    : { facts: {}, dropped: Object.keys(partialResults) };
  const left = recordsRead.length - records.length;
  const kept = accepted?.intent === true;
  return crossingOf(
    {
      ...(kept && intent !== undefined ? { intent } : {}),
      recordsRead: records,
      partialResults: cut.facts,
    },
    {
      ...(!kept && intent !== undefined ? { intent: true } : {}),
      ...(left > 0 ? { recordsRead: left } : {}),
      ...(cut.dropped.length > 0 ? { partialResults: cut.dropped } : {}),
    },
  );
}

/** What names alone let through, as a manifest would say it: results whole. */
export function acceptedByNames({ intent, recordsRead, partialResults }: MemoryNames): MemoryAccepted {
  return {
    ...(intent ? { intent } : {}),
    ...(recordsRead ? { recordsRead } : {}),
    ...(partialResults
      ? { partialResults: { properties: Object.fromEntries(partialResults.map((name) => [name, {}])) } }
      : {}),
  };
}

/** The names of what a manifest accepts, for whoever is elsewhere. */
export function namesAccepted({ intent, recordsRead, partialResults }: MemoryAccepted): MemoryNames {
  const declared = partialResults?.['properties'];
  return {
    ...(intent ? { intent } : {}),
    ...(recordsRead ? { recordsRead } : {}),
    ...(isJsonObject(declared) ? { partialResults: Object.keys(declared) } : {}),
  };
}

/** What was left behind in two cuts, one after the other. */
export function joinDropped(first: MemoryOutline, second: MemoryOutline): MemoryOutline {
  const records = (first.recordsRead ?? 0) + (second.recordsRead ?? 0);
  const partialResults = [...(first.partialResults ?? []), ...(second.partialResults ?? [])];
  return {
    ...((first.intent ?? second.intent) ? { intent: true } : {}),
    ...(records > 0 ? { recordsRead: records } : {}),
    ...(partialResults.length > 0 ? { partialResults } : {}),
  };
}

/** A crossing from its two halves, either of which may be empty. */
export function crossingOf(
  crossed: Parameters<typeof workingMemoryOf>[0],
  dropped: MemoryOutline,
): MemoryCrossing {
  const memory = workingMemoryOf(crossed);
  return {
    ...(isEmptyMemory(memory) ? {} : { crossed: memory }),
    ...(Object.keys(dropped).length > 0 ? { dropped } : {}),
  };
}

/**
 * What an owner works with once another's working memory has reached it. What reached it last is newest: its intent
 * holds, its results stand under their names, its records come last, and at most {@link RECORDS_READ} are kept.
 */
export function joinMemory(own: WorkingMemory, crossed: WorkingMemory | undefined): WorkingMemory {
  if (!crossed) return own;
  const { intent = own.intent, recordsRead = [], partialResults } = crossed;
  const read = new Set(recordsRead);
  const older = (own.recordsRead ?? []).filter((record) => !read.has(record));
  return workingMemoryOf({
    intent,
    recordsRead: [...older, ...recordsRead].slice(-RECORDS_READ),
    partialResults: { ...own.partialResults, ...partialResults },
  });
}

/** Results after an agent stated some: a name that is there is replaced, and `null` takes it away. */
export function joinResults(known: JsonObject | undefined, stated: JsonObject | undefined): JsonObject {
  const entries = Object.entries({ ...known, ...stated });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

/** The part of a working memory that an outline names: what came with a handoff, among what its owner had before. */
export function pickMemory(memory: WorkingMemory, outline: MemoryOutline): WorkingMemory {
  const { intent, recordsRead = [], partialResults = {} } = memory;
  const names = (outline.partialResults ?? []).flatMap((name) => {
    const value = getOwn(partialResults, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const count = outline.recordsRead ?? 0;
  return workingMemoryOf({
    ...(outline.intent && intent !== undefined ? { intent } : {}),
    recordsRead: count > 0 ? recordsRead.slice(-count) : [],
    partialResults: Object.fromEntries(names),
  });
}

/** Digest of what crosses an edge, references resolved (X6): facts alone, where nothing else does. */
export function crossingDigest(facts: JsonObject, memory: WorkingMemory | undefined): string {
  return digestOf(memory ? { facts, memory } : facts);
}

/**
 * What a seal covers beside facts: the receiver's working memory wherever there can be one that Baton hands on. An
 * envelope of a team that knows none is sealed as it ever was.
 */
export function sealedMemory(
  accepted: MemoryAccepted | undefined,
  holder: Parameters<typeof workingMemoryOf>[0],
): WorkingMemory | undefined {
  const memory = workingMemoryOf(holder);
  const covered =
    accepted !== undefined || memory.intent !== undefined || memory.partialResults !== undefined;
  return covered && !isEmptyMemory(memory) ? memory : undefined;
}
