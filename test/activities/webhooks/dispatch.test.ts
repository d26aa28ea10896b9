import { dispatchEntries } from '../../../activities/webhooks/dispatch.ts';
import { announcingLedger } from '../../../activities/webhooks/announce.ts';
import type { LedgerRow } from '../../../contract/ledger.ts';
import { ledgerHash } from '../../../contract/ledger.ts';
import type { LedgerStore, Outbox } from '../../../contract/ports.ts';
import type { WebhookDelivery } from '../../../contract/webhooks/delivery.ts';
import { webhookWorkflowId } from '../../../contract/webhooks/delivery.ts';
import { endpointsFor, webhookEndpointsSchema } from '../../../contract/webhooks/endpoints.ts';
import type { WebhookEvent } from '../../../contract/webhooks/event.ts';
import { openLedgerStore, openOutbox } from '../../../stores/index.ts';
import { embeddedStores } from '../../stores/stores-under-test.ts';
import { chainOf } from '../../stores/ledger-rows.ts';

const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`];
const endpoints = webhookEndpointsSchema().parse({
  version: '1.0.0',
  endpoints: {
    all: { url: 'https://a.example/x', secrets },
    reviews: { url: 'https://b.example/x', secrets, events: ['review.*', 'case.closed'] },
    theirs: { tenant: 'acme', url: 'https://c.example/x', secrets },
  },
});

const isWanted = (event: WebhookEvent): boolean => endpointsFor(endpoints, event).length > 0;

/** Rows of these kinds, in one chain. */
function rowsOf(trace: string, kinds: readonly LedgerRow['kind'][]): readonly LedgerRow[] {
  let before: LedgerRow | undefined;
  return kinds.map((kind) => {
    const [row] = chainOf(trace, [{ reason: 'Ann Smith is angry', reviewId: 'r1' }], before);
    if (!row) throw new Error('no row');
    const written = { ...row, kind };
    before = { ...written, hash: ledgerHash(written) };
    return before;
  });
}

const stores = embeddedStores();
let ledger: LedgerStore;
let outbox: Outbox;
let told = 0;
beforeAll(stores.start);
afterAll(stores.stop);
beforeEach(async () => {
  const url = await stores.freshUrl();
  told = 0;
  ledger = announcingLedger(await openLedgerStore(url), isWanted, () => (told += 1));
  outbox = await openOutbox(url);
});
afterEach(() => Promise.all([ledger.close(), outbox.close()]));

/** Starts that are remembered; an id that was there is no second one. */
function starts(): { readonly ids: Set<string>; readonly start: (one: WebhookDelivery) => Promise<void> } {
  const ids = new Set<string>();
  return {
    ids,
    start: (one) => {
      ids.add(webhookWorkflowId(one));
      return Promise.resolve();
    },
  };
}

test('each endpoint gets what it wants to hear of, of its own tenant', async () => {
  await ledger.append(rowsOf('t', ['case-opened', 'team-pinned', 'review-opened']), {
    caseId: 'order-7',
    team: 'desk',
  });
  await ledger.append(rowsOf('u', ['case-closed']), { caseId: 'acme~order-8', team: 'desk' });
  await ledger.append(rowsOf('v', ['case-closed']), { caseId: 'other~order-9', team: 'desk' });
  await ledger.append(rowsOf('w', ['case-closed']));
  expect(told).toBe(2);
  expect(await outbox.waiting()).toBe(3);
  const { ids, start } = starts();
  expect(await dispatchEntries({ outbox, endpoints, start })).toBe(false);
  expect([...ids].toSorted()).toEqual([
    'webhook/all/evt_t_1',
    'webhook/all/evt_t_3',
    'webhook/reviews/evt_t_3',
    'webhook/theirs/evt_u_1',
  ]);
  expect(await outbox.waiting()).toBe(0);
});

test('what could not be started stays, and what could is gone', async () => {
  await ledger.append(rowsOf('t', ['case-opened', 'review-opened']), { caseId: 'c', team: 'desk' });
  const { ids, start } = starts();
  const dying = async (one: WebhookDelivery): Promise<void> => {
    if (one.endpoint === 'reviews') throw new Error('the server is gone');
    await start(one);
  };
  await expect(dispatchEntries({ outbox, endpoints, start: dying })).rejects.toThrow('the server is gone');
  expect(ids).toEqual(new Set(['webhook/all/evt_t_1', 'webhook/all/evt_t_2']));
  expect(await outbox.waiting()).toBe(1);
});

test('several at once start everything, and nothing is left', async () => {
  const kinds = Array.from({ length: 250 }, () => 'review-opened' as const);
  await ledger.append(rowsOf('t', kinds), { caseId: 'c', team: 'desk' });
  const { ids, start: remember } = starts();
  let count = 0;
  const start = (one: WebhookDelivery): Promise<void> => {
    count += 1;
    return remember(one);
  };
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (await dispatchEntries({ outbox, endpoints, start }));
    }),
  );
  // Whoever stopped early left the rest to the others.
  while ((await outbox.waiting()) > 0) await dispatchEntries({ outbox, endpoints, start });
  expect(ids.size).toBe(500);
  // What one has taken, another does not get as long as it is that one's.
  expect(count).toBe(500);
});

test('a disabled endpoint has no deliveries, and holds up nobody', async () => {
  await outbox.disable({ endpoint: 'all', url: 'https://a.example/x' });
  await outbox.disable({ endpoint: 'reviews', url: 'https://where-it-was.example/x' });
  await ledger.append(rowsOf('t', ['review-opened']), { caseId: 'c', team: 'desk' });
  const { ids, start } = starts();
  await dispatchEntries({ outbox, endpoints, start });
  expect(ids).toEqual(new Set(['webhook/reviews/evt_t_1']));
});
