import { requireDoorKeys } from '../../activities/door-keys.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { doorKeysIn } from '../../security/door-keys.ts';
import { newDoor } from '../security/doors.ts';
import { agent, reply } from '../support/agents.ts';

const desk = people('desk', { pam: { roles: [] } });
const [ann, bob] = ['ann', 'bob'].map((name) => agent(name, name, () => reply('hello')));
const teamWith = (proof?: 'proven'): ReturnType<typeof defineTeam> => {
  if (!ann || !bob) throw new Error('no agents');
  const approval = { pool: 'desk', expiresMs: 1_000, question: 'May it?', ...(proof ? { proof } : {}) };
  return defineTeam({ name: 'team', start: ann, edges: [edge(ann, bob, { approval }), escalate(bob, desk)] });
};
const keysOf = (file: object): ReturnType<typeof doorKeysIn> => doorKeysIn(() => JSON.stringify(file));

test('a team that takes proven decisions is served only where a door could give one', () => {
  const { file } = newDoor('web');
  const revoked = { version: '1.0.0', keys: file.keys.map((key) => ({ ...key, status: 'revoked' })) };
  const serve = (team: ReturnType<typeof teamWith>, keys?: object) => (): void => {
    requireDoorKeys([team], keys && keysOf(keys));
  };
  expect(serve(teamWith())).not.toThrow();
  expect(serve(teamWith('proven'), file)).not.toThrow();
  expect(serve(teamWith('proven'))).toThrow(
    'team team asks for proven decisions, and BATON_DOOR_KEYS is not set',
  );
  expect(serve(teamWith('proven'), revoked)).toThrow('no key of a door is active');
  expect(serve(teamWith('proven'), {})).toThrow('door keys');
});
