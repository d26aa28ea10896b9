import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';

/** The part of an OpenAPI document that a client needs. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { schema: object }>> }>
  >;
}

/** What one operation is given. */
export interface Given {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls operations by name. */
export type DocumentClient = (operation: string, given?: Given) => Promise<LightMyRequestResponse>;

/**
 * A client that knows nothing but the OpenAPI document of a service: addresses, parameters and schemas are read from
 * it, and every request and answer is held against it. What the document does not describe fails.
 */
export async function clientOfDocument(app: FastifyInstance, bearer: string): Promise<DocumentClient> {
  const document = (await app.inject('/openapi.json')).json<Document>();
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'openapi', ...document });
  const validators = new Map<object, ValidateFunction>();
  const check = (schema: object, value: unknown, what: string): void => {
    const known =
      validators.get(schema) ??
      ajv.compile(
        JSON.parse(JSON.stringify(schema).replaceAll('#/components', 'openapi#/components')) as AnySchema,
      );
    validators.set(schema, known);
    if (!known(value)) throw new Error(`${what}: ${ajv.errorsText(known.errors)}`);
  };
  return async (name, given = {}) => {
    const [path, method, operation] = find(document, name);
    const declared = operation.parameters ?? [];
    for (const [place, values] of [
      ['path', given.path],
      ['query', given.query],
    ] as const)
      for (const one of Object.keys(values ?? {}))
        if (!declared.some((parameter) => parameter.in === place && parameter.name === one))
          throw new Error(`${name} has no ${place} parameter ${one}`);
    const [schema] = Object.values(operation.requestBody?.content ?? {});
    if (given.body !== undefined) {
      if (!schema) throw new Error(`${name} takes no body`);
      check(schema.schema, given.body, `the body of ${name}`);
    }
    const query = new URLSearchParams(given.query).toString();
    const url = path.replaceAll(/\{(\w+)\}/g, (_, part: string) =>
      encodeURIComponent(given.path?.[part] ?? ''),
    );
    const response = await app.inject({
      method: method.toUpperCase() as 'GET' | 'POST',
      url: query === '' ? url : `${url}?${query}`,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...given.headers,
      },
      ...(given.body === undefined ? {} : { payload: JSON.stringify(given.body) }),
    });
    const described = operation.responses[String(response.statusCode)] ?? operation.responses['default'];
    const [type = ''] = String(response.headers['content-type']).split(';');
    const answer = described?.content[type];
    if (!answer)
      throw new Error(`${name} answered ${String(response.statusCode)} ${type}, which is not described`);
    check(answer.schema, response.json(), `the answer of ${name}`);
    return response;
  };
}

function find(document: Document, name: string): readonly [string, string, Operation] {
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId === name) return [path, method, operation];
  throw new Error(`the document has no operation ${name}`);
}
