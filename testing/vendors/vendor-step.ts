import type { JsonObject } from '../../contract/json.ts';

/** Vendors' protocols that the server speaks. */
export type Dialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'google';

/** One message of a request, the same for all protocols. */
export interface VendorMessage {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
}

/** A request as it came over the wire. */
export interface VendorRequest {
  readonly dialect: Dialect;
  readonly model: string;
  /** The answer is to come in pieces. */
  readonly stream: boolean;
  readonly system: string;
  readonly messages: readonly VendorMessage[];
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  readonly temperature: number | undefined;
  /** All of it, as the protocol has it. */
  readonly body: JsonObject;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What goes wrong on the wire. */
export type VendorFault =
  /** An answer with another status; `retryAfterS` becomes the header. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      /** The vendor's own word for it, such as `insufficient_quota`. */
      readonly code?: string;
      readonly retryAfterS?: number;
    }
  /** The connection ends after so many pieces of the stream. */
  | { readonly kind: 'cut'; readonly after: number }
  /** A piece of the stream that is no JSON. */
  | { readonly kind: 'garbage' }
  /** Nothing more comes after so many pieces, until the client gives up. */
  | { readonly kind: 'silence'; readonly after: number };

/** One answer of a script. */
export interface VendorStep {
  readonly text?: string;
  readonly calls?: readonly {
    readonly name: string;
    /** A text is sent as it is: arguments that are no JSON. */
    readonly arguments: JsonObject | string;
  }[];
  readonly usage?: { readonly input: number; readonly output: number };
  /** Why the model stops: by itself when absent. */
  readonly finish?: 'length' | 'filtered';
  readonly fault?: VendorFault;
  /** The first piece comes when this is fulfilled. */
  readonly until?: Promise<unknown>;
  /** Looks at the request; what it throws fails {@link VendorServer.assertComplete}. */
  readonly expect?: (request: VendorRequest) => void;
}

/** How one protocol is read and written. */
export interface DialectPort {
  readonly read: (path: string, body: JsonObject) => Omit<VendorRequest, 'headers' | 'body' | 'dialect'>;
  /** The answer in one piece. */
  readonly whole: (answer: NumberedStep) => JsonObject;
  /** The answer in pieces, each the text of one server-sent event. */
  readonly pieces: (answer: NumberedStep) => readonly string[];
  readonly error: (status: number, message: string, code: string | undefined) => JsonObject;
}

/** A step with what makes its ids its own. */
export interface NumberedStep {
  readonly step: VendorStep;
  readonly model: string;
  /** 1 for the first request that the server got. */
  readonly number: number;
}

/** Arguments of a call as they go over the wire. */
export function argumentsText(value: JsonObject | string): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text in pieces of a few words, as models stream. */
export function chunksOf(text: string): readonly string[] {
  return text.match(/\S+\s*/g) ?? (text === '' ? [] : [text]);
}

/** One server-sent event. */
export function sentEvent(data: JsonObject | string, name?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`;
}

/** Tokens of a step that names none. */
export function usageOf(step: VendorStep): { readonly input: number; readonly output: number } {
  return step.usage ?? { input: 100, output: 20 };
}
