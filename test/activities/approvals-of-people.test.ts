import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';

const named = (name: string): ReturnType<typeof defineAgent> =>
  defineAgent({
    name,
    version: '1.0.0',
    domain: 'support',
    scope: 'anything',
    accepts: z.object({}),
    run: () => ({ intent: { kind: 'finish', outcome: 'done' } }),
  });
const ann = named('ann');
const bob = named('bob');
const desk = people('desk', { pam: { roles: ['lead'] }, pete: { roles: [] } });

test.each([
  [{ approvers: 3 }, 'the pool desk has 2, and the approval needs 3 people; add people'],
  [{ roles: ['judge'] }, 'the pool desk has 0 with one of the roles judge, and the approval needs 1 people'],
  [{ approvers: 2, roles: ['lead'] }, 'the pool desk has 1 with one of the roles lead'],
])('a yes that too few people could give is refused when the team is built: %j', (rule, says) => {
  const approval = { pool: 'desk', expiresMs: 1_000, question: 'May it?', ...rule };
  const build = (): unknown =>
    defineTeam({ name: 'team', start: ann, edges: [edge(ann, bob, { approval }), escalate(bob, desk)] });
  expect(build).toThrow(`edges (ann -> bob).approval: ${says}`);
});

test('a yes that enough people can give is part of the manifest', () => {
  const approval = { pool: 'desk', expiresMs: 1_000, question: 'May it?', approvers: 2 };
  const team = defineTeam({
    name: 'team',
    start: ann,
    edges: [edge(ann, bob, { approval }), escalate(bob, desk)],
  });
  expect(team.manifest.edges[0]?.approval).toEqual(approval);
});
