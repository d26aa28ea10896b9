import { isJsonObject, type JsonObject } from '../../contract/json.ts';

/** Arguments as a model wrote them, read; or what is wrong with them, for the model. */
export function readArguments(
  text: string,
): { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly issue: string } {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    return isJsonObject(value)
      ? { ok: true, value }
      : { ok: false, issue: 'the arguments are no JSON object' };
  } catch (thrown) {
    return {
      ok: false,
      issue: `the arguments are no JSON: ${thrown instanceof Error ? thrown.message : 'unreadable'}`,
    };
  }
}
