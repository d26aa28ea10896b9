import { isJsonObject, type JsonValue } from '../../contract/json.ts';
import { inert } from './inert.ts';

/** What a call would change in its record, field by field, where its tool could read it. */
export function changesText(subject: JsonValue): string {
  const record = isJsonObject(subject) ? subject['record'] : undefined;
  if (!isJsonObject(record)) return '';
  const { before, after } = record;
  if (!isJsonObject(before) || !isJsonObject(after)) return '';
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const told = (value: JsonValue | undefined): string =>
    value === undefined ? 'nothing' : JSON.stringify(value);
  const changed = names.filter((name) => told(before[name]) !== told(after[name]));
  if (changed.length === 0) return '';
  return `  changes\n${changed.map((name) => `    ${inert(name)}: ${inert(told(before[name]))} -> ${inert(told(after[name]))}\n`).join('')}`;
}
