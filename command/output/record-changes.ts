import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { inert } from './inert.ts';

/** How deep two records are told apart field by field: a collection of records, a record, a part of it. */
const DEPTH = 3;

/** What a call would change in its records, field by field, where its tool could read them. */
export function changesText(subject: JsonValue): string {
  const record = isJsonObject(subject) ? subject['record'] : undefined;
  if (!isJsonObject(record)) return '';
  const { before, after } = record;
  if (!isJsonObject(before) || !isJsonObject(after)) return '';
  const lines = changesBetween(before, after, '', DEPTH);
  return lines.length === 0 ? '' : `  changes\n${lines.map((line) => `    ${inert(line)}\n`).join('')}`;
}

function changesBetween(
  before: JsonObject,
  after: JsonObject,
  place: string,
  depth: number,
): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (told(was) === told(is)) return [];
    const here = place === '' ? name : `${place} ${name}`;
    return isJsonObject(was) && isJsonObject(is) && depth > 1
      ? changesBetween(was, is, here, depth - 1)
      : [`${here}: ${told(was)} -> ${told(is)}`];
  });
}

function told(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
