import type { JsonObject, JsonValue } from '../../../contract/json.ts';
import { fanOutsIn, openAsks } from '../../../workflows/branches.ts';
import type { CaseState } from '../../../workflows/state.ts';
import { holds } from './holds.ts';
import type { Check } from './play.ts';

/** O6: several questions of one turn are answered together, in their order; what does not count is taken back. */
export function createFanOutCheck(): Check {
  const asked = new Map<string, JsonObject>();
  /** What turns took that the case stopped, and that were of no fan-out: nothing is reserved for those. */
  let beside = 0;
  return ({ before, event, after, steps, rows }) => {
    const stopped = 'turnId' in event && before.stopped?.find((one) => one.turnId === event.turnId);
    if (stopped && !stopped.reserved) beside += spentOf(after) - spentOf(before);
    for (const row of rows) {
      const id = textOf(row.content['fanOutId']);
      if (row.kind === 'fan-out-opened') asked.set(id, row.content);
      if (row.kind === 'fan-out-ended') ended(after, row.content, asked.get(id));
    }
    for (const step of steps) {
      if (step.kind !== 'turn') continue;
      const [first] = step.input.answers;
      if (!first?.asked) continue;
      const opened = asked.get(first.asked.fanOut);
      const ids = step.input.answers.map((one) => one.id);
      holds(
        ids.join() === membersOf(opened?.['asks'], 'callId').join(),
        'O6: answers are not in the order asked, or not all of them',
      );
    }
    const limit = after.manifest?.limits.asksAtOnce;
    for (const fan of fanOutsIn(after.work)) {
      const running = fan.branches.filter((one) => one.begun && !one.end);
      holds(
        limit === undefined || running.length <= limit,
        'O6: more are asked at once than the team allows',
      );
    }
    withinBudget(after, beside);
    for (const frame of openAsks(after)) {
      const was = openAsks(before).find((one) => one.id === frame.id);
      holds(!was || was.spent.tokens <= frame.spent.tokens, 'G3: something that was spent came back');
    }
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function membersOf(list: JsonValue | undefined, name: string): readonly string[] {
  return (Array.isArray(list) ? list : []).map((one) => textOf((one as JsonObject)[name]));
}

function ended(after: CaseState, content: JsonObject, opened: JsonObject | undefined): void {
  const questions = (
    Array.isArray(content['questions']) ? content['questions'] : []
  ) as readonly JsonObject[];
  const answered = questions.filter((one) => one['status'] === 'answered');
  const met = content['met'] === true;
  holds(met === answered.length >= Number(opened?.['needed']), 'O6: met by other answers than were needed');
  const counting = new Set(met ? answered.map((one) => one['askId']) : []);
  for (const { askId } of questions) {
    if (askId === undefined || counting.has(askId)) continue;
    for (const effect of after.effects.filter((one) => one.askedFor?.includes(textOf(askId))))
      holds(
        effect.status === 'undone' || effect.status === 'kept',
        `I4: ${effect.tool} was written for a question that does not count, and is ${effect.status}`,
      );
  }
}

function spentOf({ spend }: CaseState): number {
  const { inputTokens = 0, outputTokens = 0 } = spend?.total ?? {};
  return inputTokens + outputTokens;
}

/** G3: what is spent, what open questions may still spend, and what stopped turns may, is never more than there is. */
function withinBudget(state: CaseState, beside: number): void {
  const { manifest, work, stopped = [] } = state;
  const limit = manifest?.limits.tokens;
  if (limit === undefined) return;
  const counted = new Set(stopped.flatMap((one) => (one.reserved ? (one.asks ?? []) : [])));
  const reserved = (work.kind === 'fan-out' ? work.branches : []).reduce((sum, { asks: [root] }) => {
    // What a stopped turn may still spend is counted with it.
    if (root && counted.has(root.id)) return sum;
    return sum + (root ? (root.bounds.tokens ?? 0) - root.spent.tokens : 0);
  }, 0);
  const held = stopped.reduce((sum, one) => sum + (one.reserved?.tokens ?? 0), 0);
  const all = spentOf(state) + reserved + held - beside;
  holds(all <= limit, `G3: ${String(all)} tokens are spent or reserved, and ${String(limit)} are there`);
}
