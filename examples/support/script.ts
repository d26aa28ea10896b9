import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import type { Answer } from '../../activities/agent.ts';
import { agentTurnSchema } from '../../contract/turn.ts';
import { z } from 'zod';

/** One turn of a script: who takes it, and what they answer. */
export interface ScriptedTurn {
  readonly agent: string;
  readonly answer: Answer;
}

const Script = z.array(z.looseObject({ agent: z.string() }));

/**
 * Reads what the desk's agents say in a conversation, turn by turn. Ids that are made on the way stand as `{fileId}`.
 * @param name of the conversation
 * @throws an error naming the file and what is wrong with it
 */
export async function readScript(name: string): Promise<readonly ScriptedTurn[]> {
  const file = path.join(import.meta.dirname, 'scripts', `${name}.json`);
  const turns = Script.parse(JSON.parse(await readFile(file, 'utf8')));
  return turns.map(({ agent, ...answer }, index) => {
    const checked = agentTurnSchema().safeParse({ version: '1.0.0', ...answer });
    if (!checked.success)
      throw new Error(`${file}, turn ${String(index + 1)}: ${z.prettifyError(checked.error)}`);
    return { agent, answer: answer as unknown as Answer };
  });
}

/**
 * Puts ids in their places.
 * @param shown what the agent has been shown, as text: `"fileId": "F-1"` in it is the value of `{fileId}`
 */
export function filled<Value>(value: Value, shown: string): Value {
  const fill = (one: JsonValue): JsonValue => {
    if (typeof one === 'string')
      return one.replaceAll(/\{(\w+)\}/g, (place, name: string) => lastOf(name, shown) ?? place);
    if (Array.isArray(one)) return one.map(fill);
    return isJsonObject(one) ? mapped(one, fill) : one;
  };
  return fill(value as JsonValue) as Value;
}

function lastOf(name: string, shown: string): string | undefined {
  return [...shown.matchAll(new RegExp(`"${name}":\\s*"([^"]+)"`, 'g'))].at(-1)?.[1];
}

function mapped(value: JsonObject, change: (one: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, change(one)]])),
  );
}
