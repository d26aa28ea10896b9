import { digestOf } from '../../../contract/digest.ts';
import { needsApproval } from '../../../workflows/guards.ts';
import { isAwaitingRelease, type Review } from '../../../contract/review.ts';
import { fanOutsIn, worksIn } from '../../../workflows/branches.ts';
import type { Step } from '../../../workflows/events.ts';
import { MEMBERS } from './teams.ts';
import type { Check, Observed } from './play.ts';
import { holds } from './holds.ts';

/** I5: before an effect is tried, its undo is on record; I4: what was refused is never taken back. */
export function createEffectCheck(): Check {
  const scheduled: string[] = [];
  return ({ before, after, steps, rows, world }) => {
    for (const step of steps) {
      if (step.kind === 'effect') {
        const { key } = step.input;
        holds(!scheduled.includes(key), `I3: the key ${key} is tried twice`);
        scheduled.push(key);
        const record = after.effects.find((one) => one.key === key);
        holds(record?.status === 'scheduled', 'I5: an effect without a record');
        holds(
          rows.some((row) => row.kind === 'effect-scheduled' && row.content['key'] === key),
          'I5: an effect is tried before its undo is on record',
        );
      }
      const remote = step.kind === 'turn' || step.kind === 'handoff' ? step.input.remote : undefined;
      if (remote && world.outside.has(remote.key) && !scheduled.includes(remote.key)) {
        scheduled.push(remote.key);
        holds(
          rows.some((row) => row.kind === 'effect-scheduled' && row.content['key'] === remote.key),
          'I5: an agent elsewhere is asked before that is on record',
        );
      }
      if (step.kind === 'undo') {
        const { key, epoch } = step.input;
        holds(scheduled.includes(key), 'I4: something is undone that was never tried');
        holds(!world.refused.has(key), 'I4: a refused effect is taken back');
        const record = before.effects.find((one) => one.key === key);
        holds(epoch > (record?.epoch ?? 0), 'an undo does not raise the fence');
        holds(
          !before.effects.some((one) => one.key === key && one.status === 'undone'),
          'I4: an effect is taken back again',
        );
        inReverse(scheduled, before, after, key);
      }
    }
    for (const effect of world.outside.values())
      holds(effect.commits <= 1, 'I3: an effect is committed twice');
    const writing = world.outstanding.filter((one) => one.step.kind === 'effect' || one.step.kind === 'undo');
    holds(writing.length <= 1, 'two writes are under way at once');
  };
}

/** I4: while a case unwinds, nothing is taken back before what was done after it. */
function inReverse(
  scheduled: readonly string[],
  before: Observed['before'],
  after: Observed['after'],
  key: string,
): void {
  const fan = fanOutsIn(after.work).find((one) => one.decided?.current === key);
  if (after.work.kind !== 'unwinding' && !fan) return;
  const redriven =
    before.work.kind === 'unwound' ||
    (fan !== undefined && before.effects.find((one) => one.key === key)?.status === 'undo-failed');
  const later = after.effects.filter(
    (one) =>
      scheduled.indexOf(one.key) > scheduled.indexOf(key) &&
      (!fan || fan.decided?.all?.includes(one.key) === true) &&
      (one.status === 'scheduled' || one.status === 'committed' || one.status === 'failed'),
  );
  holds(redriven || later.length === 0, 'I4: an effect is taken back before one that came after it');
}

/** I8: an approval counts once, for what was shown, by a member, in time. */
export function createApprovalCheck(): Check {
  const used = new Map<string, string>();
  const use = (review: Review | undefined, what: string, by: string): void => {
    holds(review?.status === 'approved', `I8: ${what} without an approval`);
    const { decision } = review;
    const { id, kind, pool, question, subject, approvers, roles, proof, approvals = [] } = review;
    holds(decision?.decision === 'approve', 'I8: an approved review without a decision');
    holds(
      proof === undefined || [decision, ...approvals].every((one) => one.proof === 'proven'),
      'I8: approved without a proof where one is asked for',
    );
    holds(!isAwaitingRelease(review), 'I8: an approval counts that can still be taken back');
    holds(
      decision.digest === digestOf({ id, kind, pool, question, subject, approvers, roles, proof }),
      'I8: approved for other content',
    );
    const may = [pool, ...(review.widened ?? []).map((one) => one.pool)].flatMap((one) => MEMBERS[one] ?? []);
    holds(may.includes(decision.by), 'I8: approved by somebody who may not');
    const yes = new Set(approvals.filter((one) => one.digest === decision.digest).map((one) => one.by));
    holds(approvers === undefined || yes.size >= approvers, 'I8: fewer people approved than had to');
    holds(
      [...yes].every((by) => may.includes(by)),
      'I8: one of those who approved may not',
    );
    holds(Date.parse(decision.at) < Date.parse(review.expiresAt), 'I8: approved after it had expired');
    holds((used.get(id) ?? by) === by, 'I8: one approval counts twice');
    used.set(id, by);
  };
  return ({ after, steps }) => {
    for (const step of steps) {
      if (step.kind === 'effect' || step.kind === 'look') checkCall(after, step, use);
      if (step.kind === 'handoff') checkHandoff(after, step, use);
    }
  };
}

type Use = (review: Review | undefined, what: string, by: string) => void;

function checkCall(
  after: Observed['after'],
  step: Extract<Step, { kind: 'effect' | 'look' }>,
  use: Use,
): void {
  const { agent, tool, key } = step.input;
  const rule = after.manifest?.agents[agent]?.tools[tool]?.approval;
  if (!needsApproval(rule, step.input.arguments)) return;
  const call = worksIn(after.work)
    .flatMap((work) => (work.kind === 'calls' ? work.calls : []))
    .find((one) => one.key === key);
  const review = after.reviews.find((one) => one.id === call?.reviewId);
  use(review, `the call of ${tool}`, key);
  holds(
    digestOf(callIn(review)) === digestOf({ agent, tool, arguments: step.input.arguments }),
    'I8: the call is not the one that was approved',
  );
}

function checkHandoff(after: Observed['after'], step: Extract<Step, { kind: 'handoff' }>, use: Use): void {
  const record = after.handoffs.find((one) => one.id === step.input.offer?.handoffId);
  if (record?.verb !== 'transfer') return;
  const rule = after.manifest?.edges.find(
    (one) => one.from === record.from && one.to === record.to,
  )?.approval;
  const facts = after.parcel?.facts ?? {};
  if (!needsApproval(rule, facts)) return;
  const review = after.reviews.find((one) => subjectOf(one)['handoffId'] === record.id);
  use(review, `the handoff ${record.id} to ${record.to}`, record.id);
  const subject = subjectOf(review);
  holds(subject['to'] === record.to, 'I8: approved for another receiver');
  holds(digestOf(subject['facts']) === digestOf(facts), 'I8: the facts are not those that were approved');
}

function subjectOf(review: Review | undefined): Readonly<Record<string, unknown>> {
  return (review?.subject ?? {}) as Readonly<Record<string, unknown>>;
}

/** The call that a review asks about, without the record that it would change. */
function callIn(review: Review | undefined): object {
  const { record, recordUnread, ...call } = subjectOf(review);
  holds(record === undefined || recordUnread === undefined, 'a record was read and was not');
  return call;
}
