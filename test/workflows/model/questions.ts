import type { AskedQuestion } from '../../../contract/activities.ts';
import { isJsonObject } from '../../../contract/json.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import type { AgentTurnInput } from '../../../contract/turn.ts';
import type { Chance } from './chance.ts';
import { AGENTS } from './teams.ts';

type Intent = AgentTurnInput['intent'];

/** In teams where agents ask each other, often a question: to those they may ask, to anybody, to nobody there is. */
export function questionOf(
  chance: Chance,
  manifest: TeamManifest,
  from: string,
  asked: boolean,
  facts: () => Record<string, string | number>,
): AgentTurnInput['intent'] | undefined {
  // Whoever is asked beside others answers often enough that enough of them do.
  if (manifest.fanOuts && asked && chance.maybe(40)) return { kind: 'reply', text: 'certainly' };
  if (!manifest.asks || !chance.maybe(40)) return undefined;
  const may = manifest.asks.filter((one) => one.from === from).map((one) => one.to);
  const question = (targets: readonly string[]): Omit<Extract<Intent, { kind: 'ask' }>, 'kind' | 'id'> => ({
    to: chance.pick(targets),
    reasonCode: 'what-about',
    question: 'What about it?',
    facts: chance.maybe(60) ? facts() : {},
    ...(chance.maybe(30) ? { limits: { tokens: 1 + chance.below(1_000), ms: 1 + chance.below(5_000) } } : {}),
  });
  const anybody = [...may, ...may, ...may, ...AGENTS, 'nowhere', '__proto__'];
  if (!manifest.fanOuts || chance.maybe(30)) return { kind: 'ask', ...question(anybody) };
  const targets = may.length > 0 && chance.maybe(80) ? may : anybody;
  const asks = Array.from({ length: 1 + chance.below(4) }, (_, index) => ({
    id: `q${String(index)}`,
    ...question(targets),
  }));
  return {
    kind: 'fan-out',
    asks,
    ...(chance.maybe(60) ? { need: chance.pick(['all', 'any', 1, 2] as const) } : {}),
    ...(chance.maybe(40) ? { rest: chance.pick(['wait', 'stop'] as const) } : {}),
  };
}

/** Where a person asks about a review, mostly what can be an answer: words, or the same with other arguments. */
export function answerOnReview(
  chance: Chance,
  asked: AskedQuestion | undefined,
): AgentTurnInput['intent'] | undefined {
  const review = asked?.review;
  if (!review || chance.maybe(25)) return undefined;
  const subject = isJsonObject(review.subject) ? review.subject : {};
  const amount = chance.below(4) * 40;
  if (review.kind === 'question' && chance.maybe(50))
    return { kind: 'ask-review', question: 'May I now?', subject: { amount } };
  const { tool } = subject;
  if (typeof tool !== 'string' || chance.maybe(30)) return { kind: 'reply', text: 'because' };
  return { kind: 'call', calls: [{ id: 'other', tool, arguments: { amount } }] };
}
