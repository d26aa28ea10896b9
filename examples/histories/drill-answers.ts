import type { Answer } from '../../activities/agent.ts';

/** An answer to the user; the case then waits for them. */
export function replyWith(text: string): Answer {
  return { intent: { kind: 'reply', text } };
}

/** The end of a case. */
export function finish(outcome: string): Answer {
  return { intent: { kind: 'finish', outcome } };
}

/** A transfer with an order. */
export function transferWith(to: string, facts: { readonly order: string }): Answer {
  return { intent: { kind: 'transfer', to, reasonCode: 'asked-for', explanation: `${to} is wanted`, facts } };
}

/** Calls of tools that take no arguments. */
export function call(...tools: readonly string[]): Answer {
  return {
    intent: {
      kind: 'call',
      calls: tools.map((tool, index) => ({ id: `c${String(index + 1)}`, tool, arguments: {} })),
    },
  };
}
