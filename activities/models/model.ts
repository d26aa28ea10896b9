import type { JsonObject } from '../../contract/json.ts';

/** One piece of what a model said. */
export type ModelPart =
  | { readonly kind: 'text'; readonly text: string; readonly echo?: JsonObject | undefined }
  /** What it thought; told to nobody, and sent back to the same model only. */
  | { readonly kind: 'thought'; readonly text: string; readonly echo?: JsonObject | undefined }
  | {
      readonly kind: 'call';
      readonly id: string;
      readonly name: string;
      /** As the model wrote them: JSON, or what it took for JSON. */
      readonly arguments: string;
      /** What the vendor wants to see again with this part, such as the signature of a thought. */
      readonly echo?: JsonObject | undefined;
    };

/** What became of one call, as the model is told. */
export interface ModelResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** Refused or failed. */
  readonly failed: boolean;
}

/** One message between Baton and a model. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly parts: readonly ModelPart[];
      /** Name of the model that said it: parts of one vendor mean nothing to another. */
      readonly model: string;
    }
  | { readonly role: 'tool'; readonly results: readonly ModelResult[] };

/** Something a model may call. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object. */
  readonly schema: JsonObject;
}

/** One call of a model. */
export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ModelTool[];
  /** Left out for models that know none. */
  readonly temperature: number | undefined;
  readonly maxOutputTokens: number;
  /** Silence between two pieces of an answer after which it is given up, in milliseconds. */
  readonly idleMs: number;
  /** Aborted when the case no longer wants the answer. */
  readonly signal: AbortSignal;
  /** Told of text as it arrives. */
  readonly onText?: (text: string) => void;
}

/** Tokens of one call, as the vendor counts them. Absent where it does not say. */
export interface ModelTokens {
  readonly input: number;
  readonly output: number;
  /** Of the input: read from the vendor's cache. */
  readonly cacheRead?: number;
  /** Of the input: written to the vendor's cache. */
  readonly cacheWrite?: number;
}

/** What a model said in one call. */
export interface ModelAnswer {
  readonly parts: readonly ModelPart[];
  readonly finish: 'stop' | 'calls' | 'length' | 'filtered' | 'other';
  /** The model as the vendor names it in its answer, with its date. */
  readonly served: string;
  readonly tokens?: ModelTokens;
}

/**
 * A model, whoever serves it: one request, one answer. It does not retry, for Temporal does.
 * @see openModel for vendors, `scriptedModel` of `baton/testing` for tests
 */
export interface Model {
  /** `vendor:model`, as prices know it. */
  readonly name: string;
  /** @throws whatever went wrong; {@link modelFailure} reads it. */
  readonly call: (request: ModelRequest) => Promise<ModelAnswer>;
}
