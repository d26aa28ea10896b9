import type { HttpBed } from './http-bed.ts';
import type { PrincipalName } from './principals.ts';

interface Budget {
  readonly tenant: string;
  readonly digest: string;
  readonly budget?: {
    readonly limit: object;
    readonly spent: object;
    readonly open: number;
    readonly set: object;
  };
}

/** Tests of budgets and rates over HTTP, on a bed that others use as well. */
export function budgetsOverHttp(start: () => HttpBed): void {
  let bed: HttpBed;
  let as: HttpBed['as'];
  beforeAll(() => {
    bed = start();
    ({ as } = bed);
  });
  const read = async (by: PrincipalName): Promise<Budget> => (await as[by]('readBudget')).json<Budget>();
  const at = (): string => new Date().toISOString();

  test('a budget is read, set and cleared by administrators, each of their own tenant alone', async () => {
    const before = await read('acme-root');
    expect(before).toEqual({ tenant: 'acme', digest: before.digest });
    const body = { limit: { microUsd: 2_500_000, tokens: 1_000, per: 'month' }, reason: 'trial' };
    const set = await as['acme-root']('setBudget', { body: { ...body, digest: before.digest } });
    expect(set.statusCode).toBe(200);
    const most = (): Promise<{ tokens: number; microUsd: number }> =>
      Promise.resolve({ tokens: 10, microUsd: 20 });
    await bed.budgets.reserve('acme', { key: 'k', at: at(), most });
    const after = await read('acme-ann');
    expect(after).toMatchObject({
      tenant: 'acme',
      // What is spent is no change of the limit.
      digest: set.json<Budget>().digest,
      budget: {
        limit: body.limit,
        spent: { calls: 1, tokens: 10, microUsd: 20 },
        open: 1,
        set: { by: 'root', reason: 'trial' },
      },
    });
    expect(await read('root')).not.toHaveProperty('budget');
    const clear = { body: { digest: after.digest } };
    // The other tenant's administrator names a limit that is none of theirs.
    expect(await bed.problem('root', 'clearBudget', clear)).toEqual([409, 'BUDGET_CHANGED']);
    expect((await as['acme-root']('clearBudget', clear)).json()).toEqual(before);
    expect(await bed.budgets.list()).toEqual([]);
  });

  test('whoever has read an older budget changes nothing, and hears who was quicker', async () => {
    const { digest } = await read('acme-root');
    const limit = { tokens: 500, per: 'day' };
    await as['acme-root']('setBudget', { body: { limit, digest, reason: 'first' } });
    const late = { body: { limit: { tokens: 9_999, per: 'day' }, digest, reason: 'second' } };
    expect(await bed.problem('acme-root', 'setBudget', late)).toEqual([409, 'BUDGET_CHANGED']);
    const said = (await as['acme-root']('setBudget', late)).json<{ detail: string; field: string }>();
    expect(said.field).toBe('digest');
    expect(said.detail).toContain('root set it at');
    const now = await read('acme-root');
    expect(now.budget?.limit).toEqual(limit);
    expect(await bed.problem('acme-root', 'clearBudget', { body: { digest } })).toEqual([
      409,
      'BUDGET_CHANGED',
    ]);
    await as['acme-root']('clearBudget', { body: { digest: now.digest } });
  });

  test('staff read, and set nothing; services and users do neither; a budget of nothing is refused', async () => {
    const { digest } = await read('ann');
    const body = { limit: { tokens: 1, per: 'day' }, digest, reason: 'x' };
    for (const by of ['ann', 'shop', 'uma'] as const) {
      expect(await bed.problem(by, 'setBudget', { body })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
      expect(await bed.problem(by, 'clearBudget', { body: { digest } })).toEqual([
        403,
        'PRINCIPAL_FORBIDDEN',
      ]);
    }
    for (const by of ['shop', 'uma'] as const) {
      expect(await bed.problem(by, 'readBudget')).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
      expect(await bed.problem(by, 'listRates')).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
    }
    const none = { body: { ...body, limit: { per: 'day' } } };
    expect(await bed.problem('root', 'setBudget', none)).toEqual([400, 'INPUT_INVALID']);
    expect(await read('root')).toEqual({ tenant: 'default', digest });
  });

  test("rates of the tenant's tools say how many calls went, and who waits until when", async () => {
    const [slow, quick] = [
      { calls: 1, perMs: 60_000 },
      { calls: 3, perMs: 60_000 },
    ];
    const now = Date.now();
    for (const key of ['a', 'b']) {
      await bed.rates.take({ tenant: 'acme', bucket: 'bank' }, slow, key, now);
      await bed.rates.take({ tenant: 'acme', bucket: 'mail' }, quick, key, now);
    }
    const { items } = (await as['acme-ann']('listRates')).json<{ items: object[] }>();
    expect(items).toMatchObject([
      { bucket: 'bank', rate: slow, waiting: 1, lastAt: new Date(now + 60_000).toISOString() },
      { bucket: 'mail', rate: quick, inWindow: 2, waiting: 0 },
    ]);
    expect((await as.root('listRates')).json()).toEqual({ items: [] });
  });
}
