import { digestOf } from '../../../contract/digest.ts';
import type { JsonValue } from '../../../contract/json.ts';
import type { ChangeAnswer, RecordStore } from '../../../contract/ports.ts';
import type { Script, Step } from '../../../examples/retail/script.ts';
import { readerOfStore } from '../../../examples/retail/shop/database.ts';
import { shopTools } from '../../../examples/retail/shop/tools.ts';

/** Calls a tool of the shop on a store without Baton in between: what the tools alone do. */
export async function callTool(
  store: RecordStore,
  call: { readonly tool: string; readonly key: string; readonly input: JsonValue },
): Promise<ChangeAnswer> {
  const tool = shopTools().find((known) => known.name === call.tool);
  if (!tool) throw new Error(`no tool ${call.tool}`);
  const input = tool.input.parse(call.input);
  if (tool.kind === 'look-up') return tool.answer(readerOfStore(store), input);
  const outcome = await store.commit({
    key: call.key,
    fence: { epoch: 1, attempt: 1 },
    tool: tool.name,
    inputDigest: digestOf(call.input),
    change: (records) => tool.change(records, input),
  });
  switch (outcome.kind) {
    case 'committed':
      return { kind: 'done', result: outcome.result };
    case 'refused':
      return outcome;
    case 'tombstoned':
    case 'fenced':
    case 'mismatched':
      throw new Error(`${call.tool} was ${outcome.kind}`);
  }
}

/** Plays a whole script; returns what was refused and the keys of what was written. */
export async function playScript(
  store: RecordStore,
  script: Script,
): Promise<{
  readonly refusals: readonly { readonly action: string; readonly error: string }[];
  readonly keys: readonly string[];
}> {
  const refusals: { action: string; error: string }[] = [];
  const keys: string[] = [];
  let user = 'unverified';
  for (const step of script.steps) {
    if (step.tool === 'transfer-to-human-agents') continue;
    const key = digestOf([script.id, step.id, step.tool]);
    const answer = await callTool(store, { tool: step.tool, key, input: inputOf(step, user) });
    if (answer.kind === 'refused') refusals.push({ action: step.id, error: answer.message });
    else if (step.tool.startsWith('find-user-id')) user = answer.result as string;
    else if ((await store.look(key)) === 'committed') keys.push(key);
  }
  return { refusals, keys };
}

function inputOf(step: Step, user: string): JsonValue {
  const needsUser = 'order_id' in step.arguments || 'user_id' in step.arguments;
  return needsUser ? { ...step.arguments, verified_user_id: user } : step.arguments;
}
