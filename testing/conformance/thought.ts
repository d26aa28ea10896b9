import type { Answer } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';

/** What whoever thinks behind an agent comes up with. The suite says it; the adapter under test brings it across. */
export type Thought =
  /** Words for the user. */
  | { readonly kind: 'says'; readonly text: string }
  /** It wants a tool called. */
  | { readonly kind: 'calls'; readonly tool: string; readonly arguments: JsonObject }
  | {
      readonly kind: 'transfers';
      readonly to: string;
      readonly reasonCode: string;
      readonly explanation: string;
      readonly facts: JsonObject;
    }
  | { readonly kind: 'finishes'; readonly outcome: string; readonly text: string }
  /** It does not answer, until it is told to stop. */
  | { readonly kind: 'is-silent' }
  /** It breaks down, as a vendor with status 500 does. */
  | { readonly kind: 'fails' };

/**
 * Whoever thinks behind the agent under test: a model, a program, a system elsewhere. The adapter asks it as it would
 * ask the real one, once for each time that would have to be paid for.
 */
export interface Mind {
  /**
   * What it comes up with next.
   * @param told all that it was told, as text or JSON: the suite looks for what must and what must not be there
   * @throws an error when it is asked for more than it has to say
   */
  readonly next: (told: string) => Thought;
}

/** A thought as models and servers of vendors' protocols say it: text, or a call by the name that Baton offers. */
export interface SpokenThought {
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: JsonObject }[];
}

/**
 * A thought as steps of `scriptedModel` and `startVendorServer` write it.
 * @returns undefined for silence and failure, which every wire has its own form for
 */
export function spokenThought(thought: Thought): SpokenThought | undefined {
  switch (thought.kind) {
    case 'says':
      return { text: thought.text };
    case 'calls':
      return { calls: [{ name: thought.tool, arguments: thought.arguments }] };
    case 'transfers': {
      const { to, reasonCode, explanation, facts } = thought;
      const why = { reason_code: reasonCode, explanation, facts };
      return { calls: [{ name: `transfer_to_${to}`, arguments: why }] };
    }
    case 'finishes': {
      const { outcome, text } = thought;
      return { calls: [{ name: 'finish', arguments: { outcome, text } }] };
    }
    case 'is-silent':
    case 'fails':
      return undefined;
  }
}

/**
 * A thought as an agent by rules answers it.
 * @param callId the agent's own name for a call
 * @throws an error for a thought that fails, and for silence: see {@link untilStopped}
 */
export function answerOfThought(thought: Thought, callId: string): Answer {
  switch (thought.kind) {
    case 'says':
      return { intent: { kind: 'reply', text: thought.text } };
    case 'calls': {
      const { tool, arguments: given } = thought;
      return { intent: { kind: 'call', calls: [{ id: callId, tool, arguments: given as Facts }] } };
    }
    case 'transfers': {
      const { to, reasonCode, explanation, facts } = thought;
      return { intent: { kind: 'transfer', to, reasonCode, explanation, facts: facts as Facts } };
    }
    case 'finishes': {
      const { outcome, text } = thought;
      return { intent: { kind: 'finish', outcome, text } };
    }
    case 'is-silent':
      throw new RangeError('silence is no answer');
    case 'fails':
      throw new Error('it broke down');
  }
}

type Facts = NonNullable<Answer['facts']>;

/** Silence: rejects with the reason of the signal when that is aborted, and never ends before. */
export function untilStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('it was told to stop'));
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
