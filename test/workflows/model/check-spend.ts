import { isJsonObject } from '../../../contract/json.ts';
import { addTold, bySkill, type CaseSpend, type Spend } from '../../../contract/model-usage.ts';
import type { CaseEvent } from '../../../workflows/events.ts';
import type { CaseState } from '../../../workflows/state.ts';
import { holds } from './holds.ts';
import type { Check, Observed } from './play.ts';

const NOTHING: Spend = { calls: 0, inputTokens: 0, outputTokens: 0, microUsd: 0, unpriced: 0 };
const FIELDS = ['calls', 'inputTokens', 'outputTokens', 'microUsd', 'unpriced'] as const;

/**
 * A3: what models took is put down whole, once for every turn, whatever became of it: also of one that the case had
 * stopped. The sums by agent are the total, and so are those by skill together with
 * what has none; each turn's is put down to the skill that its tools are for, and its row says the same.
 */
export function createSpendCheck(): Check {
  /** Who took each turn, and with the answers of which tools. */
  const begun = new Map<string, { readonly agent: string; readonly read: readonly string[] }>();
  let unattributed = NOTHING;
  return (observed) => {
    const { before, event, after, rows, steps } = observed;
    for (const step of steps)
      if (step.kind === 'turn' || step.kind === 'handoff')
        begun.set(step.turnId, {
          agent: step.input.agent,
          read: askedAbout(after, step.turnId) ?? step.input.answers.map((one) => one.tool),
        });
    const took = difference(before.spend?.total, after.spend?.total);
    const turn = 'turnId' in event ? begun.get(event.turnId) : undefined;
    same(took, turn ? tookIn(event) : NOTHING, `what was counted for ${event.kind}`);
    if (event.kind === 'turn-ended' || event.kind === 'turn-failed') begun.delete(event.turnId);
    if (turn && took.calls !== 0) {
      const skill = skillExpected(observed, turn);
      if (skill === undefined) unattributed = plus(unattributed, took);
      else same(difference(before.spend?.skills?.[skill], after.spend?.skills?.[skill]), took, skill);
      const [row, ...more] = rows.filter(({ content }) => addTold(undefined, content) !== undefined);
      holds(row !== undefined && more.length === 0, 'A3: no row tells what models took, or several do');
      same(addTold(undefined, row.content) ?? NOTHING, took, `the row ${row.kind}`);
      holds(row.content['skill'] === skill, `A3: the row ${row.kind} names another skill`);
    }
    if (!after.spend) return;
    same(sumOf(after.spend.agents), after.spend.total, 'the agents together');
    const whole = bySkill(after.spend);
    same(plus(sumOf(whole.skills), whole.unattributed), after.spend.total, 'the skills together');
    same(whole.unattributed, unattributed, 'what has no skill');
  };
}

function skillExpected(
  { before, event }: Pick<Observed, 'before' | 'event'>,
  turn: { readonly agent: string; readonly read: readonly string[] },
): string | undefined {
  const agent = before.manifest?.agents[turn.agent];
  if (!agent) return undefined;
  const isOwn = (tool: string): boolean => Object.hasOwn(agent.tools, tool);
  const called = calledBy(event).filter(isOwn);
  const tools = called.length > 0 ? called : turn.read.filter(isOwn);
  if (tools.length === 0) return agent.skill;
  const skills = [...new Set(tools.map((tool) => agent.tools[tool]?.skill ?? agent.skill))];
  return skills.length === 1 ? skills[0] : undefined;
}

/** What the world says that the model of a turn took. */
function tookIn(event: CaseEvent): Spend {
  const output = event.kind === 'turn-ended' ? event.output : undefined;
  const usage = output && 'usage' in output ? output.usage : undefined;
  const lost = event.kind === 'turn-failed' ? event.trouble.lost : undefined;
  return addTold(undefined, { ...(usage ? { usage } : {}), ...(lost ? { lost } : {}) }) ?? NOTHING;
}

function calledBy(event: CaseEvent): readonly string[] {
  if (event.kind !== 'turn-ended' || event.output.kind !== 'turned') return [];
  const { intent } = event.output.turn;
  return intent.kind === 'call' ? intent.calls.map((call) => call.tool) : [];
}

/** The tool whose call a person asks about: what the agent has read of others meanwhile is beside the point. */
function askedAbout({ inquiry, reviews }: CaseState, turnId: string): readonly string[] | undefined {
  if (inquiry?.turnId !== turnId) return undefined;
  const subject = reviews.find((one) => one.id === inquiry.reviewId)?.subject;
  const tool = isJsonObject(subject) ? subject['tool'] : undefined;
  return typeof tool === 'string' ? [tool] : [];
}

function sumOf(sums: CaseSpend['agents']): Spend {
  return Object.values(sums).reduce(plus, NOTHING);
}

function plus(one: Spend, other: Spend): Spend {
  return fieldwise((field) => one[field] + other[field]);
}

function difference(before: Spend | undefined, after: Spend | undefined): Spend {
  if (before === after) return NOTHING;
  return fieldwise((field) => (after?.[field] ?? 0) - (before?.[field] ?? 0));
}

function fieldwise(of: (field: keyof Spend) => number): Spend {
  return Object.fromEntries(FIELDS.map((field) => [field, of(field)])) as unknown as Spend;
}

function same(one: Spend, other: Spend, what: string): void {
  for (const field of FIELDS) {
    if (one[field] === other[field]) continue;
    holds(false, `A3: ${what} took ${String(one[field])} ${field}, not ${String(other[field])}`);
  }
}
