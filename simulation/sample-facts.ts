import { isJsonObject, type JsonObject, type JsonValue } from '../contract/json.ts';

/** Facts that a JSON Schema would take, as far as its plain words tell: a sound context to begin with. */
export function sampleFacts(schema: JsonObject): JsonObject {
  const value = sampleOf(schema, 'fact');
  return isJsonObject(value) ? value : {};
}

function sampleOf(schema: JsonValue | undefined, name: string): JsonValue {
  if (!isJsonObject(schema)) return `sample ${name}`;
  const { const: only } = schema;
  if (only !== undefined) return only;
  const given = firstOf(schema['examples']) ?? firstOf(schema['enum']);
  if (given !== undefined) return given;
  const choice = firstOf(schema['anyOf']) ?? firstOf(schema['oneOf']);
  if (choice !== undefined) return sampleOf(choice, name);
  const type = firstOf(schema['type']) ?? schema['type'];
  switch (typeof type === 'string' ? type : '') {
    case 'object': {
      const { properties } = schema;
      if (!isJsonObject(properties)) return {};
      return Object.fromEntries(
        Object.entries(properties).map(([key, property]) => [key, sampleOf(property, key)]),
      );
    }
    case 'array':
      return [sampleOf(schema['items'], name)];
    case 'number':
    case 'integer':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return textOf(schema, name);
  }
}

function firstOf(list: JsonValue | undefined): JsonValue | undefined {
  return Array.isArray(list) ? (list as readonly JsonValue[])[0] : undefined;
}

function numberOf({ minimum, exclusiveMinimum, maximum }: JsonObject): number {
  const least = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : minimum;
  if (typeof least === 'number' && least > 1) return least;
  return typeof maximum === 'number' && maximum < 1 ? maximum : 1;
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-05T09:00:00Z',
  date: '2026-01-05',
  email: 'user@example.org',
  uri: 'https://example.org/1',
  uuid: '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11',
};

function textOf({ format, minLength }: JsonObject, name: string): string {
  const text = (typeof format === 'string' ? FORMATS[format] : undefined) ?? `sample ${name}`;
  return typeof minLength === 'number' ? text.padEnd(minLength, '.') : text;
}
