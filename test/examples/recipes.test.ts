import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { Model } from '../../activities/models/model.ts';
import { agentConformance, type AgentSubject } from '../../testing/index.ts';
import { startVendorServer, type VendorServer } from '../../testing/vendors/vendor-server.ts';
import type { VendorFault } from '../../testing/vendors/vendor-step.ts';
import { envelopeWith, openDesk, perform, turnInput } from '../activities/activity-desk.ts';
import { memoryContext } from '../support/memory-context.ts';
import { graphModel, sdkModel } from '../support/recipe-models.ts';
import { serverOf } from '../support/subjects.ts';

type ModelOf = (vendors: VendorServer['vendors']) => Model;

function subjectOf(modelOf: ModelOf): AgentSubject {
  return {
    open: async (role, mind) => {
      const { vendors, close } = await serverOf(mind);
      return { agent: defineModelAgent({ ...role, instructions: 'Help.', model: modelOf(vendors) }), close };
    },
  };
}

const faults: readonly [VendorFault, string, object][] = [
  [{ kind: 'status', status: 429, retryAfterS: 7 }, 'MODEL_RATE_LIMITED', { nextRetryDelay: 7_000 }],
  [
    { kind: 'status', status: 429, code: 'insufficient_quota' },
    'MODEL_ACCESS_DENIED',
    { nonRetryable: true },
  ],
  [{ kind: 'status', status: 401 }, 'MODEL_ACCESS_DENIED', { nonRetryable: true }],
  [{ kind: 'status', status: 404 }, 'MODEL_REQUEST_REFUSED', { nonRetryable: true }],
  [{ kind: 'status', status: 503 }, 'MODEL_UNAVAILABLE', { nonRetryable: false }],
];

/** What one turn fails with. */
async function failureOfTurn(model: Model, human: readonly string[] = []): Promise<ApplicationFailure> {
  const triage = defineModelAgent({
    name: 'triage',
    version: '1.0.0',
    domain: 'front',
    scope: 'first contact',
    accepts: z.object({}),
    instructions: 'Help.',
    failures: { human },
    model,
  });
  const desk = openDesk({ triage }, [], { context: memoryContext() });
  const running = perform(desk, 'turn', turnInput(desk, 'triage', envelopeWith({})));
  const thrown: unknown = await running.catch((error: unknown) => error);
  if (thrown instanceof ApplicationFailure) return thrown;
  throw new Error(`it came to ${JSON.stringify(thrown)}`);
}

describe.each<[string, ModelOf]>([
  ['LangGraph', (vendors) => graphModel(() => vendors)],
  ['the OpenAI Agents SDK, responses', (vendors) => sdkModel(() => vendors, true)],
  ['the OpenAI Agents SDK, chat completions', (vendors) => sdkModel(() => vendors, false)],
])('an agent built with %s', (_, modelOf) => {
  for (const check of agentConformance(subjectOf(modelOf))) test(check.name, check.run);

  test.each(faults)(
    'what its vendor refuses with is a failure of the catalogue: %j',
    async (fault, type, more) => {
      const server = await startVendorServer({ scripts: { 'mind-1': [{ fault }] } });
      const failed = await failureOfTurn(modelOf(server.vendors));
      await server.close();
      expect(failed).toMatchObject({ type, ...more });
      expect(server.requests).toHaveLength(1);
    },
  );

  test('nobody there', async () => {
    const server = await startVendorServer();
    await server.close();
    const failed = await failureOfTurn(modelOf(server.vendors));
    expect(failed).toMatchObject({ type: 'MODEL_UNAVAILABLE', nonRetryable: false });
  });
});

test('an error that the agent names in its failures is judged by them', async () => {
  const refused = Object.assign(new Error('no'), { name: 'CreditGone', status: 429 });
  const model: Model = { name: 'test:own', call: () => Promise.reject(refused) };
  expect(await failureOfTurn(model)).toMatchObject({ type: 'MODEL_RATE_LIMITED' });
  expect(await failureOfTurn(model, ['CreditGone'])).toMatchObject({ type: 'AGENT_NEEDS_PERSON' });
});
