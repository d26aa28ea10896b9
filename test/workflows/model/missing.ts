import type { TurnInput, TurnOutput } from '../../../contract/activities.ts';
import { CLARIFICATIONS } from '../../../contract/limits.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import type { AgentTurnInput } from '../../../contract/turn.ts';
import { statusOf } from '../../../workflows/view.ts';
import type { Temper } from './answers.ts';
import type { Chance } from './chance.ts';
import { holds } from './holds.ts';
import type { Check } from './play.ts';
import { FACTS } from './teams.ts';

/** Often, in teams whose agents need facts, the user has told some of them only, or none. */
export function lackingOf(
  input: Omit<TurnInput, 'rows'>,
  manifest: TeamManifest,
  chance: Chance,
  temper: Temper,
): Extract<TurnOutput, { kind: 'lacking' }> | undefined {
  const needs = Object.keys(manifest.agents[input.agent]?.needs ?? {});
  if (needs.length === 0 || input.asked || temper === 'kind' || chance.maybe(60)) return undefined;
  const missing = needs.filter(() => chance.maybe(70));
  if (missing.length === 0) return undefined;
  const told = needs.filter((name) => !missing.includes(name) && chance.maybe(50));
  return {
    kind: 'lacking',
    missing,
    facts: Object.fromEntries(told.map((name) => [name, `${name}-0`])),
    ...(chance.maybe(50) ? { language: chance.pick(['en', 'hi', 'xx']) } : {}),
  };
}

/** Agents of such teams often name what is missing themselves. */
export function missingIn(
  chance: Chance,
  manifest: TeamManifest,
  intent: AgentTurnInput['intent'],
): AgentTurnInput['intent'] {
  const needing = Object.values(manifest.agents).some((agent) => agent.needs);
  if (!needing || intent.kind !== 'reply' || chance.maybe(40)) return intent;
  const names = ['order', 'email', 'claim'].filter(() => chance.maybe(60));
  return names.length === 0
    ? intent
    : { ...intent, missing: names.map((fact) => ({ fact, why: `for the ${fact}` })) };
}

/** U13: what is missing is shown while the user is waited for, asked for so often at most, and gone with its owner. */
export const missingIsShown: Check = ({ before, event, after, steps }) => {
  const { clarification } = after;
  const shown = statusOf(after).missing;
  holds(
    shown === (after.stage === 'waiting-user' ? clarification?.missing : undefined),
    'U13: the status does not show what is missing',
  );
  if (after.owner !== before.owner)
    holds(
      clarification === undefined || event.kind === 'turn-ended',
      'U13: another owner lacks what the one before did',
    );
  if (!clarification) return;
  const { missing, asked, times } = clarification;
  const most = after.manifest?.limits.clarifications ?? CLARIFICATIONS;
  holds(times <= most, 'U13: the user is asked again and again');
  holds(missing.length > 0 && asked.length > 0, 'U13: nothing is missing, and asked for');
  // The end of a turn that nobody waits for says nothing.
  if (event.kind !== 'turn-ended' || event.output.kind !== 'lacking' || after.messages === before.messages)
    return;
  const told = after.transcript.find((one) => one.sequence > before.messages && one.missing !== undefined);
  holds(
    told?.missing?.map((one) => one.fact).join() === asked.join(),
    'U13: the user is not asked what is missing',
  );
  holds(
    told.missing.every((one) => FACTS.some((fact) => fact === one.fact) && one.question !== undefined),
    'U13: not in the words of the need',
  );
  holds(
    steps.every((step) => step.kind !== 'effect' && step.kind !== 'look'),
    'U13: something is done before it is clear',
  );
};
