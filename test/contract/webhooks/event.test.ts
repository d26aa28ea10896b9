import fc from 'fast-check';
import { GENESIS_HASH, type LedgerKind, type LedgerRow } from '../../../contract/ledger.ts';
import { webhookEndpointsSchema } from '../../../contract/webhooks/endpoints.ts';
import {
  eventOfRow,
  webhookEventSchema,
  webhookEventTypes,
  webhookId,
} from '../../../contract/webhooks/event.ts';
import { ledgerRowSchema } from '../../../schemas/shapes.ts';

const kinds = ledgerRowSchema().shape.kind.options;
const row = (kind: LedgerKind, content: LedgerRow['content']): LedgerRow => ({
  version: '1.0.0',
  ...{ trace: 'a.b', sequence: 3, previous: GENESIS_HASH, at: '2026-01-01T00:00:00.000Z' },
  ...{ kind, owner: 'people:finance', content, hash: GENESIS_HASH },
});

test('of a row go its place, its owner and codes, and nobody else’s words', () => {
  const told = eventOfRow(
    row('review-decided', {
      reviewId: 'r2',
      decision: 'reject',
      by: 'ann.smith@example.com',
      reason: 'Mr Smith shouted',
      reasonCode: 'Mr Smith shouted',
      failure: { code: 'EFFECT_REFUSED', message: 'card of Mr Smith' },
    }),
    { caseId: 'acme~order-7', team: 'desk' },
  );
  expect(told).toEqual({
    version: '1.0.0',
    type: 'review.decided',
    timestamp: '2026-01-01T00:00:00.000Z',
    data: {
      ...{ caseId: 'acme~order-7', tenant: 'acme', team: 'desk', trace: 'a.b', seq: 3 },
      owner: 'people:finance',
      codes: { reviewId: 'r2', decision: 'reject', failure: 'EFFECT_REFUSED' },
    },
  });
  expect(told && webhookId(told.data)).toBe('evt_a_b_3');
});

test('whatever a row says, the event fits its schema, and no sentence leaves', () => {
  const words = fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('to', 'reasonCode', 'failure', 'kind', 'outcome', '__proto__')),
    fc.oneof(fc.string(), fc.constant('two words'), fc.jsonValue()),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), words, (kind, content) => {
      const told = eventOfRow(row(kind, content), { caseId: 'c', team: 'desk' });
      if (!told) return;
      expect(webhookEventSchema().safeParse(told).error).toBeUndefined();
      expect(JSON.stringify(told.data.codes)).not.toMatch(/\s/);
    }),
  );
});

test('every type comes from a kind of row', () => {
  const made = kinds.map((kind) => eventOfRow(row(kind, {}), { caseId: 'c', team: 'desk' })?.type);
  expect(new Set(made.filter((one) => one !== undefined))).toEqual(new Set(webhookEventTypes()));
});

describe('endpoints', () => {
  const secrets = [`whsec_${Buffer.alloc(24).toString('base64')}`];
  const faultOf = (endpoint: object, allowedHosts: readonly string[] = []): string | undefined =>
    webhookEndpointsSchema().safeParse({
      version: '1.0.0',
      allowedHosts,
      endpoints: { shop: { url: 'https://shop.example/hooks', secrets, ...endpoint } },
    }).error?.issues[0]?.message;

  test.each([
    [{ url: 'http://shop.example/hooks' }, 'https, or a host'],
    [{ url: 'ftp://shop.example' }, 'https, or a host'],
    [{ url: 'https://ann:secret@shop.example' }, 'no name or password'],
    [{ secrets: ['whsec_short'] }, 'whsec_'],
    [{ secrets: [] }, 'Too small'],
    [{ events: ['case.close'] }, 'one of *, case.opened'],
    [{ tenant: 'Acme' }, 'lower-case'],
    [{ retries: 3 }, 'Unrecognized'],
  ])('%j is refused', (endpoint, message) => {
    expect(faultOf(endpoint)).toContain(message);
  });

  test('http only for a host that is named, with its port', () => {
    expect(faultOf({ url: 'http://inside:9000/x' }, ['inside:9000'])).toBeUndefined();
    expect(faultOf({ url: 'http://inside:9001/x' }, ['inside:9000'])).toContain('https, or a host');
  });
});
