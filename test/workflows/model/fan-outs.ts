import type { CallAnswer } from '../../../contract/activities.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import type { AgentTurnInput } from '../../../contract/turn.ts';
import type { Journey } from './journey.ts';
import { asking, plainPlan, teamOf } from './teams.ts';

type FanOut = Extract<AgentTurnInput['intent'], { kind: 'fan-out' }>;

/** Everybody whom ann may ask. */
export const ALL = ['bob', 'constructor', 'cid'];

/** A team of four, whose ann may ask all others. */
export const four = (): TeamManifest => asking(teamOf(plainPlan({ agents: 4, edges: [] })));

/** Asks each of them something at once. */
export const fanOut = (to: readonly string[], more: Partial<FanOut> = {}): FanOut => ({
  kind: 'fan-out',
  asks: to.map((name) => ({ id: name, to: name, reasonCode: 'what-about', question: `What, ${name}?` })),
  ...more,
});

/** What ann was told: whose answer, its status, and why there is none. */
export function answersOf(journey: Journey): readonly unknown[] {
  return journey
    .turnInput('ann')
    .answers.map(({ id, answer, asked }: CallAnswer) => [
      id,
      asked?.status,
      ...(answer.kind === 'done' ? [] : [answer.failure.code]),
    ]);
}

/** Rows whose kinds begin so, each with what it is about. */
export function rowsIn(journey: Journey, ...kinds: readonly string[]): readonly unknown[] {
  return journey.play.rows
    .filter((row) => kinds.some((kind) => row.kind.startsWith(kind)))
    .map(({ kind, content }) => [kind, content['askId'] ?? content['fanOutId'] ?? content['tool']]);
}

/** Agents whose turns are under way. */
export const running = ({ play }: Journey): readonly string[] =>
  play.world.outstanding.flatMap(({ step, stopped }) =>
    step.kind === 'turn' && !stopped ? step.input.agent : [],
  );
