import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TurnOutput } from '../../../contract/activities.ts';
import { stepKey } from '../../../contract/keys.ts';
import { addUsage } from '../../../contract/model-usage.ts';
import { defineModelAgent } from '../../../activities/models/define-model-agent.ts';
import type { Model } from '../../../activities/models/model.ts';
import { openTenantBudgets } from '../../../stores/open-stores.ts';
import { createGates } from '../../support/gates.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { OrderFacts } from '../../support/model-desk.ts';
import { envelopeWith, environmentOf, openDesk, performIn, TRACE, turnInput } from '../activity-desk.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-side-by-side-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const gates = createGates();
let calls = 0;
/** Each call has a gate and an answer of its own. */
const model: Model = {
  name: 'test:held-1',
  call: async () => {
    calls += 1;
    const name = `call ${String(calls)}`;
    await gates.pass(name);
    return {
      parts: [{ kind: 'text', text: name }],
      finish: 'stop',
      served: 'held-1',
      tokens: { input: 100, output: 20 },
    };
  },
};

test('two attempts side by side: the answer that is kept first counts for both, and both calls are counted, as for the tenant', async () => {
  const budgets = await openTenantBudgets(`file:${folder}/budgets.db`);
  const at = new Date().toISOString();
  await budgets.set('default', { per: 'month', tokens: 1_000_000 }, { by: 'ann', at });
  const triage = defineModelAgent({
    name: 'triage',
    version: '1.0.0',
    domain: 'front',
    scope: 'first contact',
    accepts: OrderFacts,
    instructions: 'Help with orders.',
    maxOutputTokens: 100,
    model,
  });
  const desk = openDesk({ triage }, [], {
    budgets,
    context: memoryContext(),
    models: { prices: { 'test:held-1': { inputUsd: 2, outputUsd: 10 } } },
  });
  const envelope = envelopeWith({}, { idempotencyKey: stepKey(TRACE, 1, 'turn') });
  const input = turnInput(desk, 'triage', envelope);
  const first = environmentOf({ attempt: 1 });
  let note: unknown;
  first.on('heartbeat', (told: unknown) => {
    note = told;
  });
  const one = performIn(first, desk, 'turn', input);
  await gates.reached('call 1');
  // Nobody has heard of the first attempt for a while: the server starts a second one, with its last note.
  const other = performIn(environmentOf({ attempt: 2, heartbeatDetails: note }), desk, 'turn', input);
  await gates.reached('call 2');
  gates.open('call 1');
  await one;
  gates.open('call 2');
  const output = (await other) as Extract<TurnOutput, { kind: 'turned' }>;
  expect(output).toMatchObject({
    turn: { intent: { text: 'call 1' } },
    usage: { inputTokens: 100, outputTokens: 20, lost: { calls: 1, inputTokens: 100, outputTokens: 20 } },
  });
  const counted = output.usage && addUsage(undefined, output.usage);
  expect(counted).toMatchObject({ calls: 2, inputTokens: 200, outputTokens: 40, microUsd: 800 });
  const [{ state } = { state: undefined }] = await budgets.list();
  expect(state?.spent).toEqual({ calls: 2, tokens: 240, microUsd: 800 });
  await budgets.close();
});
