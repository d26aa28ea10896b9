import { until } from '../../scripts/ports.ts';
import type { HttpBed } from './http-bed.ts';
import type { PrincipalName } from './principals.ts';

/** Tests of what administrators ask over HTTP, on a bed that others use as well. */
export function administrationOverHttp(start: () => HttpBed): void {
  let bed: HttpBed;
  let as: HttpBed['as'];
  beforeAll(() => {
    bed = start();
    ({ as } = bed);
  });

  /** Opens a case of a person that ends at once. */
  async function finished(by: PrincipalName, person: string): Promise<string> {
    const message = { id: 'm-1', text: 'finish helped' };
    const caseId = await bed.open(by, { user: { id: person }, message });
    await bed.stageOf(caseId, 'closed');
    return caseId;
  }

  test('the end of a case is there once it has one, and is waited for where that is asked', async () => {
    const caseId = await bed.open('shop');
    const path = { caseId };
    await bed.stageOf(caseId, 'waiting-user');
    expect((await as.shop('readResult', { path })).json()).toEqual({ caseId, ended: false });
    const waiting = as.shop('readResult', { path, query: { waitMs: '20000' } });
    await as.shop('say', { path, body: { text: 'finish helped' } });
    const ended = { ended: true, result: { outcome: { kind: 'finished', outcome: 'helped' }, saga: 'kept' } };
    expect((await waiting).json()).toMatchObject(ended);
    expect((await as.root('readResult', { path })).json()).toMatchObject(ended);
    const long = await as.shop('readResult', { path, query: { waitMs: '60000' } });
    expect(long.json()).toMatchObject({ status: 400, code: 'INPUT_INVALID' });
  });

  test('a history is downloaded whole, by administrators', async () => {
    const caseId = await finished('shop', 'hal');
    const path = { caseId };
    const { runs, closed } = (await as.root('readHistory', { path })).json<{
      closed: boolean;
      runs: { history: { events: { eventType: string }[] } }[];
    }>();
    expect(closed).toBe(true);
    const types = runs[0]?.history.events.map(({ eventType }) => eventType) ?? [];
    expect(types[0]).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_STARTED');
    expect(types.at(-1)).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
    for (const by of ['shop', 'ann', 'uma'] as const)
      expect(await bed.problem(by, 'readHistory', { path })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test("a person's cases of the tenant are exported and erased, and nobody else's with them", async () => {
    const ours = await finished('shop', 'una');
    const path = { person: 'una' };
    const exported = (await as.root('exportPerson', { path })).json<{ cases: { caseId: string }[] }>();
    expect(exported).toMatchObject({ person: 'una', cases: [{ caseId: ours, open: false }] });
    expect(JSON.stringify(exported)).toContain('finish helped');
    // Nobody of another tenant learns of it, or destroys it.
    expect((await as['acme-root']('exportPerson', { path })).json()).toMatchObject({ cases: [] });
    expect(await bed.problem('acme-root', 'erasePerson', { path })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
    for (const by of ['shop', 'ann', 'uma'] as const) {
      expect(await bed.problem(by, 'exportPerson', { path })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
      expect(await bed.problem(by, 'erasePerson', { path })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
    }
    const open = await bed.open('shop', { user: { id: 'una' } });
    await bed.stageOf(open, 'waiting-user');
    expect(await bed.problem('root', 'erasePerson', { path })).toEqual([409, 'PERSON_HAS_OPEN_CASES']);
    await as.shop('say', { path: { caseId: open }, body: { text: 'finish helped' } });
    await bed.stageOf(open, 'closed');
    const erased = (await as.root('erasePerson', { path })).json<{ cases: { caseId: string }[] }>();
    expect(erased.cases.map(({ caseId }) => caseId).toSorted()).toEqual([ours, open].toSorted());
    expect((await as.root('exportPerson', { path })).json()).toMatchObject({ cases: [] });
  });

  test('what a terminated case left behind is found by its own tenant, and lies with its own people', async () => {
    const caseId = await bed.open('acme-shop', { message: { id: 'm-1', text: 'billing O-1' } });
    await until(async () => (await bed.baton.status(caseId)).owner === 'billing', { limitMs: 60_000 });
    await as['acme-shop']('say', { path: { caseId }, body: { text: 'refund 50' } });
    const committed = async (): Promise<boolean> =>
      (await bed.baton.show(caseId)).effects.some(({ status }) => status === 'committed');
    await until(committed, { limitMs: 60_000 });
    await bed.stageOf(caseId, 'waiting-user');
    await bed.desk.client.workflow.getHandle(caseId).terminate('a test');
    type Found = { orphaned: { caseId: string; followUp?: string }[]; opened: string[] };
    const found = async (by: PrincipalName, body = {}): Promise<Found> =>
      (await as[by]('reconcile', { body })).json<Found>();
    const isFound = async (): Promise<boolean> =>
      (await found('acme-root')).orphaned.some((one) => one.caseId === caseId);
    expect(await until(isFound, { limitMs: 60_000 })).toBe(true);
    expect((await found('root', { open: true })).orphaned).toEqual([]);
    const { opened } = await found('acme-root', { open: true });
    expect(opened).toMatchObject([expect.stringMatching(/^acme~follow-up-/)]);
    const path = { caseId: opened[0] ?? '' };
    await bed.stageOf(path.caseId, 'parked');
    const letters = (await as['acme-ann']('listDeadLettersOfCase', { path })).json<{ items: unknown[] }>();
    expect(letters.items).toHaveLength(1);
    expect(await bed.problem('ann', 'listDeadLettersOfCase', { path })).toEqual([404, 'CASE_UNKNOWN']);
    expect((await found('acme-root', { open: true })).opened).toEqual([]);
    for (const by of ['shop', 'ann', 'uma'] as const)
      expect(await bed.problem(by, 'reconcile', { body: {} })).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('figures are of the tenant alone, with what its users said of their way', async () => {
    const caseId = await finished('acme-shop', 'ida');
    await as['acme-shop']('giveFeedback', { path: { caseId }, body: { rating: 2 } });
    type Figures = { cases: number; paths: { path: string[]; feedback: { given: number; low: number } }[] };
    const figures = async (by: PrincipalName): Promise<Figures> =>
      (await as[by]('report', { query: { team: 'test-desk', limit: '1000' } })).json<Figures>();
    const isIn = async (): Promise<boolean> =>
      (await figures('acme-root')).paths.some(
        (one) => one.path.join() === 'triage' && one.feedback.low === 1,
      );
    expect(await until(isIn, { limitMs: 60_000 })).toBe(true);
    const acme = await bed.baton.list({ tenant: 'acme', limit: 1_000 });
    expect((await figures('acme-ann')).cases).toBe(acme.length);
    expect((await figures('ann')).paths.every((one) => one.feedback.given === 0)).toBe(true);
    expect(await bed.problem('shop', 'report')).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });

  test('published policies are listed for staff, and not for services and users', async () => {
    const { items } = (await as.ann('listPolicies', { query: { team: 'test-desk' } })).json<{
      items: unknown;
    }>();
    expect(items).toMatchObject([
      { team: 'test-desk', policyVersion: '1.1.0', current: true, publishedBy: 'root' },
      { policyVersion: '1.0.0', current: false },
    ]);
    expect((await as.root('listPolicies', { query: { team: 'nobody' } })).json()).toEqual({ items: [] });
    expect(await bed.problem('shop', 'listPolicies')).toEqual([403, 'PRINCIPAL_FORBIDDEN']);
  });
}
