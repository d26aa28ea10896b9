import type { Answer, Turn } from '../../activities/agent.ts';
import type { CallAnswer } from '../../contract/activities.ts';
import type { OpeningFacts } from './facts.ts';
import type { Script, Step } from './script.ts';
import { shopTools } from './shop/tools.ts';
import type { Specialist } from './specialists.ts';
import { specialistFor, toolsOf, TO_PEOPLE } from './specialists.ts';

/** Said on the way to people, in the words of the shop's policy. */
const HOLD_ON = 'YOU ARE BEING TRANSFERRED TO A HUMAN AGENT. PLEASE HOLD ON.';

const ANYTHING_ELSE = 'Is there anything else I can do for you?';

/** What a specialist knows at a moment of a turn: what was handed to it, and what the last call added. */
type Known = OpeningFacts;

/** Facts as answers carry them. */
type Facts = NonNullable<Answer['facts']>;

/**
 * A specialist that plays its part of a script: it looks up, asks the customer before every change as the policy
 * wants, proposes the change, hands over what others own, and asks at the end whether that was all. Stateless: the
 * place in the script comes from the facts of the case, and what it noted about its question from its memory.
 */
export function playScripted(
  scripts: (id: string) => Script | undefined,
  specialist: Specialist,
  turn: Turn<OpeningFacts>,
): Answer {
  const script = scripts(turn.facts.script);
  if (!script) throw new Error(`no script ${turn.facts.script} on this worker`);
  const known = learn(script, turn.facts, turn.answers);
  const step = script.steps[known.cursor];
  const owner = specialistFor(script, known.cursor, {
    owner: specialist,
    verified: known.userId !== undefined,
  });
  if (owner !== specialist) return handOver(script, known, owner);
  if (!step) return closeOrWait(turn, known);
  if (step.tool === TO_PEOPLE) return escalate(script, known, step);
  if (changes(step.tool) && !isConfirmed(turn, known)) return ask(known, describe(step));
  return {
    intent: {
      kind: 'call',
      calls: [{ id: callId(known.cursor), tool: step.tool, arguments: argumentsOf(step, known) }],
    },
    facts: factsOf(known),
    recordsRead: recordsOf(step),
  };
}

function callId(cursor: number): string {
  return `step-${cursor}`;
}

/** Takes the answer to the step at the cursor into the facts. Answers to other steps are old and change nothing. */
function learn(script: Script, facts: OpeningFacts, answers: readonly CallAnswer[]): Known {
  const step = script.steps[facts.cursor];
  const given = answers.find((one) => one.id === callId(facts.cursor));
  if (!step || !given) return facts;
  const known: Known = { ...facts, cursor: facts.cursor + 1 };
  switch (given.answer.kind) {
    case 'refused':
    case 'failed':
      return {
        ...known,
        refusals: [
          ...(facts.refusals ?? []),
          { step: step.id, why: given.answer.failure.message.slice(0, 2_000) },
        ],
      };
    case 'done': {
      if (step.tool === 'find-user-id-by-email' || step.tool === 'find-user-id-by-name-zip') {
        const verifiedBy = step.tool === 'find-user-id-by-email' ? 'email' : 'name-zip';
        return { ...known, userId: given.answer.result as string, verifiedBy };
      }
      const order = step.arguments['order_id'];
      const orders = new Set(facts.orders ?? []);
      if (typeof order === 'string') orders.add(order);
      return {
        ...known,
        orders: [...orders],
        ...(changes(step.tool) ? { changes: [...(facts.changes ?? []), describe(step)] } : {}),
      };
    }
  }
}

/** Only what is known: an absent fact is no fact. */
function factsOf(known: Known): Facts {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Facts;
}

/** Arguments of a step, with the verified customer where the shop wants to know whom it serves. */
function argumentsOf(step: Step, known: Known): Facts {
  const concernsCustomer = 'order_id' in step.arguments || 'user_id' in step.arguments;
  const verified = concernsCustomer ? { verified_user_id: known.userId ?? 'nobody' } : {};
  return { ...(step.arguments as Facts), ...verified };
}

function handOver(script: Script, known: Known, to: Specialist): Answer {
  const mine = toolsOf(to);
  const ahead = script.steps.slice(known.cursor);
  const wish = ahead.find((step) => mine.includes(step.tool) && changes(step.tool)) ?? ahead[0];
  return {
    intent: {
      kind: 'transfer',
      to,
      reasonCode: wish?.tool ?? 'information',
      explanation: wish ? `The customer wants: ${describe(wish)}` : 'The customer wants information',
      facts: factsOf(known),
      completed: known.changes ?? [],
      remaining: ahead.filter((step) => changes(step.tool)).map(describe),
    },
  };
}

function escalate(script: Script, known: Known, step: Step): Answer {
  const summary = step.arguments['summary'];
  return {
    say: HOLD_ON,
    intent: {
      kind: 'escalate',
      reasonCode: 'beyond-the-desk',
      explanation: typeof summary === 'string' ? summary.slice(0, 2_000) : 'The customer needs a person',
      facts: factsOf({ ...known, cursor: known.cursor + 1 }),
      completed: known.changes ?? [],
      remaining: script.steps.slice(known.cursor + 1).map(describe),
    },
  };
}

/** Puts a question to the customer and notes at which step: the note is the specialist's own and crosses no edge. */
function ask(known: Known, question: string): Answer {
  return {
    intent: { kind: 'reply', text: `${question}. Shall I go ahead (yes/no)?` },
    facts: { ...factsOf(known), asked: known.cursor },
  };
}

function isConfirmed(turn: Turn<OpeningFacts>, known: Known): boolean {
  const asked = turn.memory['asked'] === known.cursor;
  return asked && turn.unanswered.some((message) => /^\s*yes\b/i.test(message.text));
}

function closeOrWait(turn: Turn<OpeningFacts>, known: Known): Answer {
  const asked = turn.memory['asked'] === known.cursor;
  if (asked && turn.unanswered.length > 0) {
    return {
      intent: { kind: 'finish', outcome: 'served', text: 'Thank you for calling.' },
      facts: factsOf(known),
    };
  }
  return {
    intent: { kind: 'reply', text: ANYTHING_ELSE },
    facts: { ...factsOf(known), asked: known.cursor },
  };
}

function changes(tool: string): boolean {
  return shopTools().some((known) => known.name === tool && known.kind === 'change');
}

/** A step in words, for people and for facts. */
function describe(step: Step): string {
  const subject = step.arguments['order_id'] ?? step.arguments['user_id'];
  return typeof subject === 'string' ? `${step.tool} ${subject}`.slice(0, 300) : step.tool;
}

function recordsOf(step: Step): string[] {
  const read: string[] = [];
  for (const [field, collection] of [
    ['order_id', 'orders'],
    ['user_id', 'users'],
    ['product_id', 'products'],
  ] as const) {
    const id = step.arguments[field];
    if (typeof id === 'string') read.push(`${collection}/${id}`);
  }
  return read;
}
