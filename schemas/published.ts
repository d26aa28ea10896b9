import { z } from 'zod';
import { anyJsonDefinition, anyJsonSchema } from '../contract/any-json.ts';
import { caseInputSchema } from '../contract/case.ts';
import { contextReferenceSchema } from '../contract/context.ts';
import { envelopeSchema } from '../contract/envelope.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject, JsonValue } from '../contract/json.ts';
import { isJsonObject } from '../contract/json.ts';
import { messageShapes } from '../contract/message-shapes.ts';
import { policySchema } from '../contract/policy/policy.ts';
import { decisionSchema } from '../contract/decision.ts';
import { teamManifestSchema } from '../contract/team.ts';
import { agentTurnSchema } from '../contract/turn.ts';
import { CONTRACT_VERSION, supportedVersions } from '../contract/versions.ts';
import { webhookEventSchema } from '../contract/webhooks/event.ts';
import { versionSchema } from '../contract/words.ts';
import { ledgerRowSchema, reviewSchema } from './shapes.ts';

/** A durable shape of the contract as JSON Schema (draft 2020-12). */
export interface PublishedSchema {
  /** Such as `envelope` or `message-say`. */
  readonly name: string;
  /** `urn:baton:schema:<name>:<contract version>`. The schema behind it never changes. */
  readonly id: string;
  readonly schema: JsonObject;
}

interface Shape {
  readonly title: string;
  readonly schema: z.ZodType;
}

/** What crosses to others, by name. Names are promises: they stand in `$id`s and file names. */
function shapes(): Readonly<Record<string, Shape>> {
  const messages = Object.entries(messageShapes()).map(([name, schema]): [string, Shape] => [
    `message-${name}`,
    { title: `What the message \`${name}\` to a case carries`, schema },
  ]);
  return {
    envelope: { title: 'What crosses an edge between two agents', schema: envelopeSchema() },
    'agent-turn': {
      title: 'One answer of an agent: its intent, facts and provenance',
      schema: agentTurnSchema(),
    },
    // What continues a case, or sees to one that was terminated, is refused from anybody but Baton itself.
    'case-input': {
      title: 'What opens a case',
      schema: caseInputSchema().omit({ orphans: true, carried: true }),
    },
    'context-reference': {
      title: 'A value that stands in the context store',
      schema: contextReferenceSchema(),
    },
    review: { title: 'A question put to people', schema: reviewSchema() },
    decision: { title: 'A person’s answer to a review', schema: decisionSchema() },
    'ledger-row': { title: 'One boundary of a case in the ledger', schema: ledgerRowSchema() },
    'team-manifest': { title: 'A team as plain data', schema: teamManifestSchema() },
    policy: { title: 'When cases are handed on, held or taken to people', schema: policySchema() },
    'webhook-event': { title: 'What leaves by webhook: the body of a request', schema: webhookEventSchema() },
    ...Object.fromEntries(messages),
  };
}

/**
 * Every shape of the contract that crosses to others, as JSON Schema, in a stable order. A schema says what may be
 * sent: fields with a default may be left out. What JSON Schema has no word for (sizes in bytes, a digest that must
 * fit) is checked by Baton besides, so what a schema refuses is always refused.
 */
export function publishedSchemas(): readonly PublishedSchema[] {
  return Object.entries(shapes()).map(([name, shape]) => publish(name, shape));
}

/**
 * One of them by its name.
 * @throws BatonError `SCHEMA_UNKNOWN` naming those that there are
 */
export function publishedSchema(name: string): PublishedSchema {
  return publish(name, shapeOf(name));
}

/** The schema that validates a shape. @throws BatonError `SCHEMA_UNKNOWN` */
export function shapeNamed(name: string): z.ZodType {
  return shapeOf(name).schema;
}

function shapeOf(name: string): Shape {
  const known = shapes();
  const shape = Object.hasOwn(known, name) ? known[name] : undefined;
  if (shape) return shape;
  const detail = `${JSON.stringify(name)}; there are ${Object.keys(known).join(', ')}`;
  throw new BatonError(failure('SCHEMA_UNKNOWN', detail, 'name'));
}

function publish(name: string, { title, schema }: Shape): PublishedSchema {
  const id = `urn:baton:schema:${name}:${CONTRACT_VERSION}`;
  const own: Record<string, JsonObject> = {};
  const made = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Its refinement says which versions can be read; JSON Schema has a word for that.
      if ((zodSchema as unknown) === versionSchema()) jsonSchema.enum = [...supportedVersions()];
      if ((zodSchema as unknown) !== anyJsonSchema()) return;
      own['json'] = anyJsonDefinition(ANY_JSON);
      jsonSchema.$ref = ANY_JSON;
    },
  }) as JsonObject;
  const { $schema, ...rest } = withNamedDefinitions(made, own);
  return { name, id, schema: { $schema, $id: id, title, ...rest } };
}

/** Where published schemas define any JSON value. */
const ANY_JSON = '#/$defs/json';

/**
 * The generator numbers recursive parts as it meets them, and writes one for each use: equal ones become one.
 * @param own definitions that have names already
 */
function withNamedDefinitions(schema: JsonObject, own: JsonObject): JsonObject {
  const definitions = schema['$defs'];
  const names = new Map<string, string>();
  const kept: Record<string, JsonValue | undefined> = { ...own };
  const bodies = new Map<string, string>();
  for (const [old, definition] of Object.entries(isJsonObject(definitions) ? definitions : {})) {
    if (!isJsonObject(definition)) continue;
    const body = JSON.stringify(definition).replaceAll(`#/$defs/${old}"`, '#"');
    const name = bodies.get(body) ?? `part${String(Object.keys(kept).length + 1)}`;
    bodies.set(body, name);
    names.set(old, name);
    kept[name] = definition;
  }
  if (Object.keys(kept).length === 0) return schema;
  const renamed = JSON.stringify({ ...schema, $defs: kept }).replaceAll(
    /"#\/\$defs\/(__schema\d+)"/g,
    (_, old: string) => JSON.stringify(`#/$defs/${names.get(old) ?? old}`),
  );
  return JSON.parse(renamed) as JsonObject;
}
