import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTeams } from '../../workers/load-teams.ts';
import { HOSTILE, tryDoor, toldBy, type Cell } from './row.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-modules-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const activities = path.resolve(import.meta.dirname, '../../activities');
/** A module that defines a sound team, as its user would. */
const sound = `
  const { defineAgent } = require('${activities}/define-agent.ts');
  const { defineTeam, escalate, people } = require('${activities}/define-team.ts');
  const { z } = require('${activities}/../node_modules/zod');
  const only = defineAgent({
    name: 'only', version: '1.0.0', domain: 'd', scope: SCOPE, accepts: z.object({}),
    run: () => ({ intent: { kind: 'finish', outcome: 'done' } }),
  });
  const teams = [defineTeam({
    name: 'team', start: only, edges: [escalate(only, people('desk', { ann: { roles: [] } }))],
  })];`;

const load = async (name: string, content: string): Promise<unknown> => {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return loadTeams([file]);
};
const refused = (name: string, content: string, names: string | RegExp): Cell => ({
  knock: () => toldBy(() => load(name, content)),
  code: 'CONFIGURATION_INVALID',
  names,
});
const large = (megabytes: number): Cell => ({
  knock: () =>
    toldBy(() =>
      load(
        `large-${String(megabytes)}.cjs`,
        `${sound.replace('SCOPE', `'x'.repeat(${String(megabytes)} * 1e6)`)}\nmodule.exports = { teams };`,
      ),
    ),
  code: 'TEAM_INVALID',
  names: /team has \d+ bytes, the limit is \d+/,
});

tryDoor(
  'team modules',
  {
    missing: {
      knock: () => toldBy(() => loadTeams([path.join(folder, 'nowhere.ts')])),
      code: 'CONFIGURATION_INVALID',
      names: /nowhere\.ts.*BATON_TEAMS/s,
    },
    'wrong type': refused('wrong.cjs', "module.exports = { teams: ['desk'] };", 'must export `teams`'),
    'unknown version': {
      knock: () =>
        toldBy(() =>
          load(
            'later.cjs',
            `${sound.replace('SCOPE', "'all'")}
             module.exports = { teams: [{ ...teams[0], manifest: { ...teams[0].manifest, version: '9.0.0' } }] };`,
          ),
        ),
      code: 'VERSION_UNSUPPORTED',
      names: 'supported: 1.0.0',
    },
    '2.5 MB': large(2.5),
    '5 MB': large(5),
    undecodable: refused('syntax.cjs', '{ this is no JavaScript', 'syntax.cjs cannot be loaded'),
    'hostile text': {
      shown: async () => {
        const content = `throw new Error(${JSON.stringify(HOSTILE)});`;
        const { message, code } = await toldBy(() => load('hostile.cjs', content));
        expect(code).toBe('CONFIGURATION_INVALID');
        expect(message).toContain('http://evil');
        return message;
      },
    },
  },
  async () => {
    const content = `${sound.replace('SCOPE', "'all'")}\nmodule.exports = { teams };`;
    expect(await load('good.cjs', content)).toMatchObject({ teams: [{ name: 'team' }] });
  },
);
