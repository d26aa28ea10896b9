import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import type { BatonClient } from '../../client/baton-client.ts';
import { createBatonClient } from '../../client/baton-client.ts';
import type { ToolRates } from '../../contract/rates.ts';
import type { Review } from '../../contract/review.ts';
import type { TenantBudgets } from '../../contract/tenant-budget.ts';
import { until } from '../../scripts/ports.ts';
import { createService } from '../../service/http/create-service.ts';
import { openPolicyStore, openTenantBudgets, openToolRates } from '../../stores/open-stores.ts';
import { createDecisionSigner } from '../../security/index.ts';
import { deskDoor, startDesk, type RunningDesk } from '../client/desk.ts';
import { clientOfDocument, type DocumentClient, type Given } from './document-client.ts';
import { accessForAll, keyOf, principalNames, type PrincipalName } from './principals.ts';

/** What opens a case of the tests' desk. */
export const opening = { team: 'test-desk', task: { definition: 'pay back' } };
const hello = { id: 'm-1', text: 'hello' };

/** The desk of the client's tests behind an HTTP service, and a client of the document for every principal. */
export interface HttpBed {
  readonly desk: RunningDesk;
  readonly baton: BatonClient;
  readonly app: FastifyInstance;
  readonly budgets: TenantBudgets;
  readonly rates: ToolRates;
  readonly as: Readonly<Record<PrincipalName, DocumentClient>>;
  /** Opens a case that says hello. @returns its id */
  readonly open: (by: PrincipalName, more?: object) => Promise<string>;
  /** Opens a case that waits for the approval of a refund, or of what else billing is asked for. */
  readonly openWithReview: (
    by: PrincipalName,
    asks?: string,
  ) => Promise<{ readonly caseId: string; readonly review: Review }>;
  /** Status and code of a refusal. */
  readonly problem: (by: PrincipalName, operation: string, given?: Given) => Promise<[number, string]>;
  readonly stageOf: (caseId: string, stage: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the bed on the server of the environment. */
export async function startHttpBed(): Promise<HttpBed> {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const desk = await startDesk({ context: true });
  const baton = createBatonClient({
    client: desk.client,
    ledger: desk.ledger,
    answerMs: 8_000,
    ...(desk.context ? { context: desk.context } : {}),
  });
  const signer = createDecisionSigner(() => JSON.stringify(deskDoor.file));
  const policies = await openPolicyStore(desk.ledgerUrl);
  for (const policyVersion of ['1.0.0', '1.1.0'])
    await policies.publish({
      team: 'test-desk',
      policy: { version: '1.0.0', name: 'desk', policyVersion, keywords: {}, score: [], rules: [] },
      publishedAt: new Date().toISOString(),
      publishedBy: 'root',
    });
  const budgets = await openTenantBudgets(desk.ledgerUrl);
  const rates = await openToolRates(desk.ledgerUrl);
  const app = await createService({ baton, access: accessForAll(), signer, policies, budgets, rates });
  const clients = await Promise.all(
    principalNames.map(async (name) => [name, await clientOfDocument(app, keyOf(name))] as const),
  );
  const as = Object.fromEntries(clients) as HttpBed['as'];
  const stageOf = async (caseId: string, stage: string): Promise<void> => {
    await until(async () => (await baton.status(caseId)).stage === stage, { limitMs: 60_000 });
  };
  const open = async (by: PrincipalName, more: object = {}): Promise<string> => {
    const response = await as[by]('openCase', { body: { ...opening, message: hello, ...more } });
    expect(response.statusCode).toBe(201);
    return response.json<{ caseId: string }>().caseId;
  };
  return {
    ...{ desk, baton, app, budgets, rates, as, open, stageOf },
    openWithReview: async (by, asks = 'refund 400') => {
      const caseId = await open(by, { message: { id: 'm-1', text: 'billing O-1' } });
      await until(async () => (await baton.status(caseId)).owner === 'billing', { limitMs: 60_000 });
      await as[by]('say', { path: { caseId }, body: { text: asks } });
      await stageOf(caseId, 'waiting-person');
      const [review] = (await baton.show(caseId)).reviews;
      if (!review) throw new Error('no review');
      return { caseId, review };
    },
    problem: async (by, operation, given) => {
      const { status, code } = (await as[by](operation, given)).json<{ status: number; code: string }>();
      return [status, code];
    },
    stop: async () => {
      await app.close();
      await Promise.all([policies.close(), budgets.close(), rates.close()]);
      await desk.stop();
    },
  };
}
