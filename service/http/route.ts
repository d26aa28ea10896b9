import type { z } from 'zod';
import type { BatonClient } from '../../client/index.ts';
import { BatonError } from '../../contract/failures.ts';
import type { PolicyStore } from '../../contract/ports.ts';
import type { DecisionSigner } from '../../contract/proof.ts';
import type { ToolRates } from '../../contract/rates.ts';
import type { TenantBudgets } from '../../contract/tenant-budget.ts';
import { parseWith } from '../../contract/parse.ts';
import type { Action } from '../access/permissions.ts';
import type { Principal } from '../access/principal.ts';

/** What the service asks of budgets. */
export type BudgetsAtDoor = Pick<TenantBudgets, 'list' | 'set' | 'clear'>;

/** A request that was let in. */
export interface Asked<Query, Body> {
  readonly baton: BatonClient;
  readonly principal: Principal;
  /** The whole id of the case that the address names, of the principal's own tenant; empty where it names none. */
  readonly caseId: string;
  /** The other part of the address, such as the id of a review; empty where there is none. */
  readonly part: string;
  readonly query: Query;
  readonly body: Body;
  /** What the idempotency key stands for, where there is one: an id for what has none of its own. */
  readonly keyId: string | undefined;
  /** Published policies, where the service has a store of them. */
  readonly policies: Pick<PolicyStore, 'list'> | undefined;
  /** Budgets of tenants, where the service has a store of them. */
  readonly budgets: BudgetsAtDoor | undefined;
  /** Rates of tools, where the service has a store of them. */
  readonly rates: Pick<ToolRates, 'list'> | undefined;
  /** Signs what the principal decides, where the service has a key of its own. */
  readonly signer: DecisionSigner | undefined;
}

/** One thing that the service can be asked for. The OpenAPI document, the permissions and the server read it. */
export interface RouteDefinition<Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType> {
  /** Name of the operation, as generated clients have it. */
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Such as `/cases/{caseId}/reviews/{reviewId}/decision`. */
  readonly path: string;
  readonly summary: string;
  readonly action: Action;
  readonly query: Query;
  readonly body?: Body;
  readonly answer: Answer;
  /** 200 when absent. */
  readonly status?: 200 | 201;
  readonly handle: (asked: Asked<z.output<Query>, z.output<Body>>) => Promise<z.output<Answer>>;
}

/** A route with its types put away, so that routes of all kinds stand in one list. */
export interface Route {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly summary: string;
  readonly action: Action;
  readonly query: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  readonly status: 200 | 201;
  /** Validates query and body and handles the request. @throws BatonError */
  readonly run: (asked: Asked<unknown, unknown>) => Promise<unknown>;
}

/** Makes a route of its definition. */
export function route<Query extends z.ZodType, Answer extends z.ZodType, Body extends z.ZodType = z.ZodType>(
  definition: RouteDefinition<Query, Body, Answer>,
): Route {
  const { operation, method, path, summary, action, query, body, answer, status = 200, handle } = definition;
  return {
    ...{ operation, method, path, summary, action, query, answer, status },
    ...(body ? { body } : {}),
    run: (asked) =>
      handle({
        ...asked,
        query: validated(query, asked.query, 'query'),
        body: body ? validated(body, asked.body ?? {}, 'body') : (undefined as z.output<Body>),
      }),
  };
}

function validated<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = parseWith(schema, value, what);
  if (!parsed.ok) throw new BatonError(parsed.failure);
  return parsed.value;
}
