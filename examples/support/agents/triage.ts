import type { z } from 'zod';
import type { Agent, Answer, Turn } from '../../../activities/agent.ts';
import { defineAgent } from '../../../activities/define-agent.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { answerTo, askedIn } from '../answers.ts';
import { concernOf, mentionsLine, readConcern } from '../concerns.ts';
import { CustomerOnFile, TriageFacts } from '../facts.ts';
import type { Role } from '../role.ts';
import { findCustomer } from '../tools/find-customer.ts';

type Facts = z.output<typeof TriageFacts>;
type Known = Record<string, string>;

/** First contact: finds out who asks and what for, and hands over. */
export function triageRole(records: RecordStore): Role<Facts> {
  return {
    name: 'triage',
    version: '1.0.0',
    domain: 'front-desk',
    scope: 'Identifies the customer and the concern; solves nothing itself',
    accepts: TriageFacts,
    tools: [findCustomer(records)],
  };
}

/** By rules: what a keyword decides. */
export function triage(records: RecordStore): Agent {
  return defineAgent({
    ...triageRole(records),
    run: (turn) => {
      if (turn.notices.some((notice) => notice.kind === 'handoff-failed'))
        return toPeople('nobody-available');
      if (turn.facts.customerId !== undefined) return route(turn, {});
      const found = answerTo(turn, 'find-customer');
      if (found === undefined) return identify(turn);
      const customer = found.kind === 'done' ? CustomerOnFile.safeParse(found.result) : undefined;
      return customer?.success === true
        ? route(turn, customer.data)
        : { intent: { kind: 'reply', text: 'I cannot find that customer number. Could you check it?' } };
    },
  });
}

function identify(turn: Turn<Facts>): Answer {
  const customerId = turn.user?.id ?? /\bC-\d{4}\b/.exec(askedIn(turn))?.[0];
  if (customerId === undefined)
    return { intent: { kind: 'reply', text: 'What is your customer number, please? It looks like C-1234.' } };
  return {
    intent: { kind: 'call', calls: [{ id: 'who', tool: 'find-customer', arguments: { customerId } }] },
    recordsRead: [`customers/${customerId}`],
  };
}

function route(turn: Turn<Facts>, found: Known): Answer {
  const text = allSaid(turn);
  const { concern, confidence } = readConcern(text);
  switch (concern) {
    case 'legal-claim':
      return transfer('legal', concern, { facts: { ...found, claim: text.slice(0, 500) }, confidence });
    case 'duplicate-charge':
    case 'refund-request':
      return transfer('billing', concern, { facts: found, confidence, remaining: remainingIn(text) });
    case 'line-fault':
      return transfer('technical', concern, { facts: found, confidence });
    case 'nothing-more':
      return { intent: { kind: 'finish', outcome: 'answered', text: 'You are welcome. Goodbye!' } };
    case 'unclear':
      // A question asked once; what is still unclear then is for a person.
      return turn.memory['clarified'] === true
        ? toPeople('request-not-understood', found)
        : {
            intent: { kind: 'reply', text: 'Is it about a bill, about your line, or something else?' },
            facts: { ...found, clarified: true },
          };
  }
}

/** The first message may have come before the customer number: what was said to triage counts as a whole. */
function allSaid(turn: Turn<Facts>): string {
  const unanswered = askedIn(turn);
  if (concernOf(unanswered) !== 'unclear') return unanswered;
  const said = turn.conversation.filter((message) => message.from.kind === 'user');
  return turn.transfer === undefined ? said.map((message) => message.text).join('\n') : unanswered;
}

function remainingIn(text: string): string[] {
  return mentionsLine(text) ? ['restore the line'] : [];
}

function transfer(
  to: string,
  reasonCode: string,
  what: { readonly facts: Known; readonly confidence: number; readonly remaining?: string[] },
): Answer {
  const { facts, confidence, remaining = [] } = what;
  const explanation = `The customer's words point to ${reasonCode}`;
  return {
    intent: { kind: 'transfer', to, reasonCode, explanation, facts, remaining },
    facts,
    provenance: { confidence, reason: 'keyword rules' },
  };
}

function toPeople(reasonCode: string, facts: Known = {}): Answer {
  return {
    say: 'I am asking a colleague to look at this.',
    intent: { kind: 'escalate', to: 'support', reasonCode, explanation: 'No specialist can take it', facts },
  };
}
