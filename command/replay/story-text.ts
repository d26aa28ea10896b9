import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { inert, inertJson } from '../output/inert.ts';
import type { StoryEntry } from './story.ts';

/** One entry of a story on one line. */
export function storyLine(entry: StoryEntry): string {
  const place = entry.what === 'boundary' ? `#${String(entry.sequence)}` : entry.what;
  const head = `  ${entry.at}  ${place.padEnd(6)}`;
  if (entry.what !== 'boundary')
    return `${head}  ${inert(entry.name)} ${inertJson(entry.content).slice(0, 200)}\n`;
  return `${head}  ${entry.kind.padEnd(22)} ${inert(entry.owner).padEnd(16)} ${detailOf(entry.kind, entry.content)}\n`;
}

/** What a boundary's content says, short: identifiers and digests are left to `--json`. */
function detailOf(kind: LedgerRow['kind'], content: JsonObject): string {
  const { from, to, failure, ...rest } = content;
  const parts: string[] = [];
  // Who asks keeps the case: nothing goes anywhere, whatever becomes of the question.
  const between = kind.startsWith('ask-') ? 'asks' : '->';
  if (typeof from === 'string' && typeof to === 'string')
    parts.push(`${inert(from)} ${between} ${inert(to)}`);
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || /digest|hash|manifest|^key$|^epoch$/i.test(name)) continue;
    parts.push(`${inert(name)}=${short(value)}`);
  }
  if (isJsonObject(failure)) parts.push(`failure=${short(failure['code'] ?? null)}`);
  return parts.join(' ');
}

function short(value: JsonValue): string {
  return typeof value === 'string' ? inert(value, 120) : inert(inertJson(value), 120);
}
