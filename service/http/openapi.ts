import { z } from 'zod';
import { anyJsonDefinition, anyJsonSchema } from '../../contract/any-json.ts';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import { CONTRACT_VERSION } from '../../contract/versions.ts';
import { rolesFor } from '../access/permissions.ts';
import { Health, Problem, Readiness } from '../shapes/answers.ts';
import type { Route } from './route.ts';

/** A stream of server-sent events, as the document describes it. */
export interface DescribedStream {
  readonly operation: string;
  readonly path: string;
  readonly summary: string;
  readonly action: Parameters<typeof rolesFor>[0];
  readonly query: z.ZodType;
  /** The `data` of each event. */
  readonly event: z.ZodType;
}

const ENDPOINTS = '#/components/schemas/';
const ANY_JSON = `${ENDPOINTS}Json`;

/**
 * The OpenAPI 3.1 document of routes and streams, made from the schemas that they validate by. Own code, because the
 * usual generator leaves references to recursive JSON values dangling.
 */
export function openApiDocument(routes: readonly Route[], streams: readonly DescribedStream[]): JsonObject {
  const components: Record<string, JsonValue> = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
    // Wrapped, so that a schema with a name of its own becomes a reference like any other.
    const whole = z.toJSONSchema(z.object({ it: schema }), {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema, zodSchema }) => {
        delete jsonSchema.readOnly;
        delete jsonSchema.id;
        // Answers may gain fields; requests are strict.
        const { type } = zodSchema._zod.def;
        if (io === 'output' && type === 'object') delete jsonSchema.additionalProperties;
        if ((zodSchema as unknown) !== anyJsonSchema()) return;
        jsonSchema.$ref = ANY_JSON;
        components['Json'] = anyJsonDefinition(ANY_JSON);
      },
    });
    const plain = JSON.parse(JSON.stringify(whole).replaceAll('#/$defs/', ENDPOINTS)) as JsonObject;
    const definitions = plain['$defs'];
    if (isJsonObject(definitions)) Object.assign(components, definitions);
    const properties = plain['properties'];
    const found = isJsonObject(properties) ? properties['it'] : undefined;
    return isJsonObject(found) ? found : {};
  };
  const json = (schema: z.ZodType, description: string): JsonObject => ({
    description,
    content: { 'application/json': { schema: schemaOf(schema, 'output') } },
  });
  const problem: JsonObject = {
    description: 'A problem document (RFC 9457); `code` is of the failure catalogue',
    content: { 'application/problem+json': { schema: schemaOf(Problem, 'output') } },
  };

  const paths: Record<string, Record<string, JsonValue>> = {};
  const add = (path: string, method: string, operation: JsonObject): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  for (const one of routes) {
    add(one.path, one.method.toLowerCase(), {
      operationId: one.operation,
      summary: one.summary,
      description: `For ${rolesFor(one.action).join(', ')}.`,
      parameters: [
        ...pathParameters(one.path),
        ...queryParameters(schemaOf(one.query, 'input')),
        ...(one.method === 'POST' ? [idempotencyKey] : []),
      ],
      ...(one.body
        ? {
            requestBody: {
              // A body without a required field may be left out.
              required: !one.body.safeParse({}).success,
              content: { 'application/json': { schema: schemaOf(one.body, 'input') } },
            },
          }
        : {}),
      responses: { [String(one.status)]: json(one.answer, 'Done'), default: problem },
    });
  }
  for (const one of streams) {
    add(one.path, 'get', {
      operationId: one.operation,
      summary: one.summary,
      description: `For ${rolesFor(one.action).join(', ')}. The \`data\` of each event is JSON of the schema.`,
      parameters: [
        ...pathParameters(one.path),
        ...queryParameters(schemaOf(one.query, 'input')),
        { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
      ],
      responses: {
        '200': {
          description: 'Server-sent events',
          content: { 'text/event-stream': { schema: schemaOf(one.event, 'output') } },
        },
        default: problem,
      },
    });
  }
  add('/health', 'get', open('health', 'Whether the process is up', { '200': json(Health, 'Up') }));
  add(
    '/ready',
    'get',
    open('ready', 'Whether the Temporal server answers', {
      '200': json(Readiness, 'Ready'),
      '503': json(Readiness, 'Not ready'),
    }),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Baton',
      version: CONTRACT_VERSION,
      description: 'Durable handoffs between agents: open cases, speak, look, decide, follow.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(components).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request again under the same key is the same request',
  schema: { type: 'string', maxLength: 200 },
};

function open(operationId: string, summary: string, responses: JsonObject): JsonObject {
  return { operationId, summary, security: [], responses };
}

function pathParameters(path: string): readonly JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  }));
}

function queryParameters(schema: JsonObject): readonly JsonObject[] {
  const { properties, required } = schema;
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: 'query',
    required: Array.isArray(required) && required.includes(name),
    schema: one ?? {},
  }));
}
