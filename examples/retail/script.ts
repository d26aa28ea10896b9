import type { JsonObject } from '../../contract/json.ts';

/** One call that a scripted agent proposes. */
export interface Step {
  /** The script's own id of the step. */
  readonly id: string;
  readonly tool: string;
  readonly arguments: JsonObject;
}

/**
 * What a scripted conversation consists of, in order. Agents are stateless: they find it by its id and know their
 * place in it from the facts of the case.
 */
export interface Script {
  readonly id: string;
  /** Why the customer calls. */
  readonly reason: string;
  readonly steps: readonly Step[];
}
