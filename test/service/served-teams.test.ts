import { parseServedTeams } from '../../service/a2a/parse-served-teams.ts';

const team = { team: 'desk', description: 'Orders', version: '1.0.0', url: 'https://desk.example' };
const written = (one: object): string => JSON.stringify({ version: '1.0.0', teams: [one] });

test('teams to serve over A2A are read, with the key that signs their card', () => {
  const cardKey = { kty: 'EC', crv: 'P-256', kid: 'k1', alg: 'ES256', d: 'secret' };
  expect(parseServedTeams(written(team))).toEqual([team]);
  expect(parseServedTeams(written({ ...team, cardKey }))).toEqual([{ ...team, cardKey }]);
});

test.each([
  [{ ...team, url: 'desk' }, 'teams.0.url'],
  [{ ...team, version: 'one' }, 'teams.0.version'],
  [{ ...team, cardKey: { kty: 'EC', d: 'secret' } }, 'teams.0.cardKey.kid'],
  [{ ...team, more: true }, 'teams.0'],
])('%j is refused by its field, and no value is quoted', (one, field) => {
  const parse = (): unknown => parseServedTeams(written(one));
  expect(parse).toThrow(field);
  expect(parse).not.toThrow('secret');
});

test('a file that is not there, and no team at all', () => {
  expect(() => parseServedTeams('/no/such/file.json')).toThrow('cannot be read');
  expect(() => parseServedTeams('{"version":"1.0.0","teams":[]}')).toThrow('teams');
});
