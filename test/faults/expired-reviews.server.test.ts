import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { CaseView } from '../../contract/case.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { until } from '../../scripts/ports.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { openBed, quietRuntime, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { skipTime } from '../support/time-skipping.ts';

const days = (count: number): number => count * 86_400_000;
const pool = unique('pool');
const waiting = { reminders: [days(1)], escalation: [{ afterMs: days(2), pool: 'board' }] };
const desk = people('desk', { ann: { roles: [] } }, { waiting });
const board = people('board', { eve: { roles: [] } });
const approval = { pool: 'desk', expiresMs: days(3), question: 'May it?' };
/** What happened outside: nothing of it may, for nobody said yes. */
const world: string[] = [];

const write = defineTool({
  name: 'write',
  description: 'writes, once a person has allowed it',
  input: z.object({ id: z.string() }),
  effect: 'write',
  approval,
  run: ({ input }) => {
    world.push(input.id);
    return Promise.resolve({ kind: 'done', result: null });
  },
  undo: () => Promise.resolve({ kind: 'undone' }),
});
const vault = agent('vault', pool, () => {
  world.push('vault');
  return finish('in the vault');
});
/** Asks as its task says, and tells the user what came of it. */
const asker = agent(
  'asker',
  pool,
  (turn) => {
    const told = [
      ...turn.answers.map(({ answer }) =>
        answer.kind === 'refused' ? `refused: ${answer.failure.code}` : answer.kind,
      ),
      ...turn.notices.map((notice) => {
        if (notice.kind === 'review-decided') return `${notice.decision}: ${notice.reason}`;
        return notice.kind === 'handoff-refused' ? `refused: ${notice.failure.code}` : notice.kind;
      }),
    ];
    if (told.length > 0) return reply(told.join());
    if (turn.unanswered.at(-1)?.text === 'goodbye') return finish('told');
    switch (turn.task.definition) {
      case 'people':
        return { intent: { kind: 'escalate', to: 'desk', reasonCode: 'too-much' } };
      case 'tool-call':
        return call({ tool: 'write', arguments: { id: turn.caseId } });
      case 'handoff':
        return transfer('vault');
      default:
        return {
          intent: { kind: 'ask-review', question: 'Well?', subject: turn.caseId, expiresMs: days(3) },
        };
    }
  },
  { tools: [write] },
);
const team = defineTeam({
  name: unique('expiring'),
  start: asker,
  edges: [edge(asker, vault, { approval }), escalate(asker, desk), escalate(asker, board)],
});

let environment: TestWorkflowEnvironment;
let bed: Bed;
beforeAll(async () => {
  quietRuntime();
  environment = await skipTime();
  const types = { KEYWORD: 2, INT: 3 } as const;
  await environment.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map((key) => [key.name, types[key.type]]),
    ),
  });
  bed = await openBed({ teams: [team], address: environment.address });
}, 900_000);
afterAll(async () => {
  await bed.close();
  await environment.teardown();
});

/** Waits until a case looks so. The server that skips time tells nobody when a history grows, so this asks. */
async function seen(driver: CaseDriver, holds: (view: CaseView) => boolean): Promise<CaseView> {
  let view = await driver.view();
  await until(
    async () => {
      view = await driver.view();
      return holds(view);
    },
    { limitMs: 60_000 },
  );
  return view;
}

test.each([
  ['tool-call', 'refused: REVIEW_EXPIRED'],
  ['handoff', 'refused: REVIEW_EXPIRED'],
  ['question', 'expired: nobody of board answered'],
])(
  'F30, F11: nobody answers a %s for days: it expires, is never a yes, and a late decision is refused',
  async (definition, told) => {
    const driver = await openCase(bed, team, { task: { definition } });
    const [review] = (await seen(driver, (view) => view.openReviews > 0)).reviews;
    if (!review) throw new Error('no review');
    const decision = {
      reviewId: review.id,
      digest: review.digest,
      decision: 'approve',
      by: 'ann',
      reason: 'better late',
    } as const;
    await environment.sleep(days(4));
    const view = await seen(driver, (one) => one.stage === 'waiting-user');
    expect(view.reviews).toMatchObject([
      { id: review.id, status: 'expired', reminders: 1, widened: [{ pool: 'board' }] },
    ]);
    expect(view.transcript.at(-1)?.text).toContain(told);
    expect(view.effects).toEqual([]);
    expect(view.owner).toBe('asker');
    const late = await driver.refused(MESSAGES.decide, decision);
    expect(late).toMatchObject({ code: 'REVIEW_EXPIRED' });
    expect(late.message).toContain(`${review.id} expired at ${review.expiresAt} and was refused`);

    await driver.say('goodbye');
    expect(await driver.result()).toMatchObject({ outcome: { outcome: 'told' }, path: ['asker'] });
    await expect(driver.send(MESSAGES.decide, decision)).rejects.toThrow(/completed|closed|not found/i);
    expect((await driver.view()).reviews).toMatchObject([{ id: review.id, status: 'expired' }]);
    expect(world).toEqual([]);
  },
);

test('F30: nobody takes a case for days: they are reminded, and it goes on to others, who may', async () => {
  const driver = await openCase(bed, team, { task: { definition: 'people' } });
  const { unattended, waitingOn } = await seen(driver, (view) => view.stage === 'human');
  expect(waitingOn).toBe('people:desk');
  expect(unattended?.ahead.map((step) => Date.parse(step.at) - Date.parse(unattended.since))).toEqual([
    days(1),
    days(2),
  ]);
  await environment.sleep(days(3));
  const view = await seen(driver, (one) => one.owner === 'people:board');
  expect(view).toMatchObject({ waitingOn: 'people:board', unattended: { reminders: 1, ahead: [] } });
  expect(await driver.refused(MESSAGES.claim, { by: 'ann' })).toMatchObject({ code: 'PERSON_FORBIDDEN' });
  await driver.send(MESSAGES.resolve, { by: 'eve', outcome: 'seen to', note: 'late, but done' });
  expect(await driver.result()).toMatchObject({ path: ['asker', 'people:desk', 'people:board'] });
});
