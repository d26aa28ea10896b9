import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { caseOfExternalId, externalIdOf } from '../../../contract/tickets/external-id.ts';
import { ticketDesksOf } from '../../../contract/tickets/read-desks.ts';
import { desksFor } from '../../../contract/tickets/wanted.ts';
import type { WebhookEventType } from '../../../contract/webhooks/event.ts';

const good = {
  url: 'https://acme.zendesk.com',
  account: { email: 'baton@acme.example', tokenVariable: 'DESK_TOKEN' },
  pools: { desk: {}, legal: { group: 9 } },
  words: 'masked',
};
const read = (desk: object, more: object = {}): ReturnType<typeof ticketDesksOf> =>
  ticketDesksOf({ version: '1.0.0', desks: { support: { ...good, ...desk } }, ...more });

test('a desk says what leaves, and the rest has a default', () => {
  expect(read({}).desks['support']).toMatchObject({
    tenant: 'default',
    messages: 'internal',
    solvedWhen: 'closed',
    onSolved: 'resolve',
    decisions: 'refused',
    people: {},
  });
});

test('the example is one', async () => {
  const example: unknown = JSON.parse(await readFile('examples/tickets/tickets.json', 'utf8'));
  expect(Object.keys(ticketDesksOf(example).desks)).toEqual(['support']);
});

test.each<[string, object, string]>([
  ['nothing of what leaves', { words: undefined }, 'desks.support.words'],
  ['no pool', { pools: {} }, 'desks.support.pools: one pool at least'],
  ['in clear', { url: 'http://acme.zendesk.com' }, 'desks.support.url: https'],
  [
    'a secret in the address',
    { url: 'https://a:b@acme.zendesk.com' },
    'desks.support.url: no name or password',
  ],
  ['an address with a path', { url: 'https://acme.zendesk.com/api' }, 'desks.support.url: without a path'],
  ['a token in the file', { account: { tokenVariable: 'abc123' } }, 'desks.support.account.tokenVariable'],
  ['a person by name', { people: { ana: 'ana' } }, 'desks.support.people'],
  ['decisions unseen', { words: 'none', decisions: 'taken' }, 'nobody decides what they were not shown'],
  ['a word that means nothing', { colour: 'red' }, 'colour'],
])('%s is refused, with the field', (_, desk, said) => {
  expect(() => read(desk)).toThrow(said);
  expect(() => read(desk)).toThrow('BATON_TICKETS: ');
});

test('an external id leads back to its case and to no other', () => {
  expect(externalIdOf('order-7')).toBe('baton:default:order-7');
  expect(externalIdOf('acme~order:7')).toBe('baton:acme:acme~order:7');
  expect(caseOfExternalId('baton:acme:acme~order:7')).toBe('acme~order:7');
  for (const forged of [
    'order-7',
    'baton:acme:order-7',
    'baton:default:acme~x',
    'baton::x',
    'baton:default:',
    null,
  ])
    expect(caseOfExternalId(forged)).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (caseId) => {
      expect(caseOfExternalId(externalIdOf(caseId))).toBe(caseId);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const caseId = caseOfExternalId(text);
      if (caseId !== undefined) expect(externalIdOf(caseId)).toBe(text);
    }),
  );
});

test('a desk hears of its tenant, its teams and its pools', () => {
  const desks = ticketDesksOf({
    version: '1.0.0',
    desks: {
      all: good,
      hello: { ...good, teams: ['hello'], opens: ['review'] },
      theirs: { ...good, tenant: 'acme' },
    },
  });
  const wanted = (type: WebhookEventType, data: object = {}): object =>
    Object.fromEntries(
      desksFor(desks, {
        type,
        data: { tenant: 'default', team: 'hello', owner: 'greeter', codes: {}, ...data },
      }).map(({ desk, wants }) => [desk, wants]),
    );
  expect(wanted('message.received')).toEqual({ all: 'tell', hello: 'tell' });
  expect(wanted('message.received', { team: 'other' })).toEqual({ all: 'tell' });
  expect(wanted('message.received', { tenant: 'acme' })).toEqual({ theirs: 'tell' });
  expect(wanted('message.received', { owner: 'people:desk' })).toEqual({ all: 'open', hello: 'tell' });
  expect(wanted('handoff.accepted', { owner: 'people:other' })).toEqual({ all: 'tell', hello: 'tell' });
  expect(wanted('review.opened', { codes: { pool: 'legal' } })).toEqual({ all: 'open', hello: 'open' });
  expect(wanted('review.opened', { codes: { pool: 'constructor' } })).toEqual({ all: 'tell', hello: 'tell' });
  expect(wanted('effect.committed')).toEqual({});
});
