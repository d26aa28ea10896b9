import { canonicalJson } from '../../contract/canonical-json.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { AgentManifest } from '../../contract/team.ts';
import type { Call } from '../../contract/turn.ts';
import { readArguments } from './read-arguments.ts';
import type { ThreadEntry } from './thread.ts';

/** Identical look-ups that a model may make of one request of its customer. */
const SAME_LOOKUPS = 2;

/**
 * The first call that repeats what has been done for the same request of the customer: a write that was done, or a
 * look-up for the third time. A new message of the customer makes everything new.
 * @param entries the thread before the answer, oldest first
 * @param entry the answer's own, with what was told before it
 */
export function findRepeat(
  calls: readonly Call[],
  entries: readonly ThreadEntry[],
  agent: AgentManifest,
  entry: Pick<ThreadEntry, 'asked' | 'heard'>,
): Call | undefined {
  const since = entry.heard > 0 ? [] : entries.slice(entries.findLastIndex((entry) => entry.heard > 0));
  const done = since.flatMap((one, index) => doneIn(one, since[index + 1] ?? entry));
  const seen: string[] = [];
  return calls.find((call) => {
    const signature = signatureOf(call.tool, call.arguments);
    const before = [...done, ...seen].filter((one) => one === signature).length;
    seen.push(signature);
    const most = agent.tools[call.tool]?.effect === 'write' ? 1 : SAME_LOOKUPS;
    return before >= most;
  });
}

/** Calls of an entry that came to a result, as the next entry was told. */
function doneIn(entry: ThreadEntry, next: Pick<ThreadEntry, 'asked'>): readonly string[] {
  const results = next.asked.flatMap((one) => (one.role === 'tool' ? one.results : []));
  return entry.parts.flatMap((part) => {
    if (part.kind !== 'call') return [];
    const done = results.some((one) => one.id === part.id && !one.failed);
    const read = readArguments(part.arguments);
    return done && read.ok ? [signatureOf(part.name, read.value)] : [];
  });
}

function signatureOf(tool: string, value: JsonObject): string {
  return `${tool} ${canonicalJson(value)}`;
}
