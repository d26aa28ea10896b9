import type { LostCalls, ModelUsage } from '../../../contract/model-usage.ts';
import type { AgentManifest, TeamManifest, ToolManifest } from '../../../contract/team.ts';
import type { Step } from '../../../workflows/events.ts';

/** Skills of made-up teams; one has a name that every JavaScript object knows. */
export const SKILLS = ['refunds', 'toString', 'looking-up'] as const;

const BY_TOOL: Readonly<Record<string, string>> = { write: SKILLS[0], big: SKILLS[0], look: SKILLS[2] };

/** The same team, whose agents ask models: two of them are good at something, and so are some of their tools. */
export function metered(team: TeamManifest): TeamManifest {
  const agents = Object.entries(team.agents).map(([name, agent], index): [string, AgentManifest] => {
    const skill = SKILLS[index];
    const tools = Object.entries(agent.tools).map(([tool, manifest]): [string, ToolManifest] => {
      const used = BY_TOOL[tool];
      return [tool, used === undefined ? manifest : { ...manifest, skill: used }];
    });
    return [
      name,
      {
        ...agent,
        tools: Object.fromEntries(tools),
        models: ['scripted:model'],
        metering: 'full',
        ...(skill === undefined || index > 1 ? {} : { skill }),
      },
    ];
  });
  return { ...team, agents: Object.fromEntries(agents) };
}

type TurnStep = Extract<Step, { kind: 'turn' | 'handoff' }>;

/** Where agents ask several at once, no turn takes more than it was told that it may. */
function withinAllowance(
  turnId: string,
  { allowance }: TurnStep['input'],
): Pick<ModelUsage, 'inputTokens' | 'outputTokens'> {
  const wanted = 50 * (1 + (Number(turnId.slice(1)) % 7));
  return { inputTokens: Math.min(Math.max(0, allowance?.tokens ?? wanted), wanted), outputTokens: 0 };
}

/** What the model of a turn took, where its agent has one: other amounts for every turn, now and then without a price. */
export function tookOf(
  { turnId, input }: Pick<TurnStep, 'turnId' | 'input'>,
  team: TeamManifest,
): { usage?: ModelUsage } {
  if (!team.agents[input.agent]?.models) return {};
  if (team.fanOuts) return { usage: { model: 'scripted:model', ...withinAllowance(turnId, input) } };
  const lost = lostOf({ turnId, input }, team);
  return {
    usage: {
      model: 'scripted:model',
      inputTokens: 100 + lost.inputTokens,
      outputTokens: 7,
      ...(lost.microUsd === undefined ? {} : { microUsd: 3 * lost.microUsd }),
      ...(turnId.endsWith('2') ? { lost } : {}),
    },
  };
}

/** What went into calls of a turn that came to nothing. */
export function lostOf({ turnId, input }: Pick<TurnStep, 'turnId' | 'input'>, team: TeamManifest): LostCalls {
  if (team.fanOuts) return { calls: 1, ...withinAllowance(turnId, input) };
  const number = Number(turnId.slice(1));
  return {
    calls: 1,
    inputTokens: number,
    outputTokens: 3,
    ...(number % 5 === 0 ? {} : { microUsd: 10 * number }),
  };
}
