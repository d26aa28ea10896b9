import type { TurnInput } from '../contract/activities.ts';
import type { Message, UserProfile } from '../contract/conversation.ts';
import { getOwn, type JsonObject, type JsonValue } from '../contract/json.ts';
import { selectFields } from '../contract/selective-fields.ts';
import type { AgentManifest } from '../contract/team.ts';
import type { Agent, Answer, NeedDefinition } from './agent.ts';
import { schemaOf } from './entry-edge.ts';
import { readAnswers } from './read-answers.ts';
import { downcastFacts, nameBefore, nameSince, type Renames } from './version-skew.ts';

/** What came of looking for the facts that an agent needs, by the names that this build knows. */
export interface Told {
  /** What the user has told of them, and the case did not know. */
  readonly facts: JsonObject;
  /** What nobody has told. */
  readonly missing: readonly string[];
}

/** Where needed facts are looked for. */
export interface Known {
  readonly facts: JsonObject;
  readonly conversation: readonly Message[];
  readonly user: UserProfile | undefined;
}

/**
 * Looks for what an agent needs before it works (U13): among its facts, then in what its user has said. A fact that the
 * user was asked for is read from their answer alone, whatever was known of it before: it was asked for because that
 * would not do. Whoever is asked by another agent has nobody to ask, and needs nothing.
 * @param pinned the agent as the case is pinned to it: an earlier version needs what it said that it needs
 */
export function lookForNeeds(
  agent: Agent,
  pinned: AgentManifest | undefined,
  input: Pick<TurnInput, 'asked' | 'missing' | 'answeredUpTo'>,
  known: Known,
  renames: Renames,
): Told {
  const needed = Object.keys((input.asked ? undefined : pinned?.needs) ?? {});
  if (needed.length === 0) return { facts: {}, missing: [] };
  const names = needed.map((name) => nameSince(renames, name));
  const asked = (input.missing ?? []).map((name) => nameSince(renames, name));
  const absent = names.filter((name) => asked.includes(name) || (getOwn(known.facts, name) ?? null) === null);
  const said = known.conversation.filter((one) => one.from.kind === 'user');
  const answers = said.filter((one) => one.sequence > input.answeredUpTo);
  const byItself = absent.filter((name) => asked.includes(name) && !definitionOf(agent, name)?.read);
  const read = {
    ...readAnswers(answers.map((one) => one.text).join('\n'), byItself, schemaOf(agent)),
    ...readByAgent(agent, absent, (name) => (asked.includes(name) ? answers : said), known.user),
  };
  const facts = fitting(agent, known.facts, read);
  return { facts, missing: absent.filter((name) => !Object.hasOwn(facts, name)) };
}

/** What is missing and what was told, under the names by which the case knows them. */
export function lackingIn(renames: Renames, { missing, facts }: Told): { readonly kind: 'lacking' } & Told {
  return {
    kind: 'lacking',
    missing: missing.map((name) => nameBefore(renames, name)),
    facts: downcastFacts(renames, facts),
  };
}

/** What the user was found to have told is the agent's own from now on, as if it had noted it itself. */
export function withTold(answer: Answer, told: Told | undefined): Answer {
  if (!told || Object.keys(told.facts).length === 0) return answer;
  return { ...answer, facts: { ...(told.facts as typeof answer.facts), ...answer.facts } };
}

function definitionOf(agent: Agent, name: string): NeedDefinition | undefined {
  return getOwn(agent.definition.needs ?? {}, name);
}

function readByAgent(
  agent: Agent,
  names: readonly string[],
  saidFor: (name: string) => readonly Message[],
  user: UserProfile | undefined,
): JsonObject {
  const found = names.flatMap((name): [string, JsonValue][] => {
    const { read } = definitionOf(agent, name) ?? {};
    if (!read) return [];
    // The user may be known although they have said nothing.
    const texts = saidFor(name).map((one) => one.text);
    for (const text of texts.length > 0 ? texts.reverse() : ['']) {
      const value = read({ text, user });
      if (value !== undefined && value !== null) return [[name, value]];
    }
    return [];
  });
  return Object.fromEntries(found);
}

/** What was read and the agent accepts; the rest counts as not told. */
function fitting(agent: Agent, known: JsonObject, read: JsonObject): JsonObject {
  const { facts } = selectFields(schemaOf(agent), { ...known, ...read });
  const result = agent.accepts.safeParse(facts);
  const refused = new Set(
    result.success ? [] : result.error.issues.map((issue) => String(issue.path[0] ?? '')),
  );
  return Object.fromEntries(Object.entries(read).filter(([name]) => !refused.has(name)));
}
