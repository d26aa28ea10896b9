import { ApplicationFailure } from '@temporalio/activity';
import { z } from 'zod';
import type { TurnInput, TurnOutput } from '../../../contract/activities.ts';
import { stepKey } from '../../../contract/keys.ts';
import { lostInNote } from '../../../contract/model-usage.ts';
import { defineModelAgent } from '../../../activities/models/define-model-agent.ts';
import type { ModelSettings } from '../../../activities/models/model-settings.ts';
import { scriptedModel } from '../../../testing/scripted-model.ts';
import { startVendorServer, type VendorServer } from '../../../testing/vendors/vendor-server.ts';
import type { VendorStep } from '../../../testing/vendors/vendor-step.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { envelopeWith, openDesk, perform, TRACE, turnInput, type ActivityDesk } from '../activity-desk.ts';
import { textsOfProgress } from '../../../contract/progress.ts';

let server: VendorServer;
afterEach(() => server.close());

const usage = { input: 1_000, output: 50 };
const answer: VendorStep = { text: 'Which order?', usage };

/** Agents whose model is OpenAI's, then Anthropic's, then Google's. */
async function openWith(
  scripts: Readonly<Record<string, readonly VendorStep[]>>,
  vendorsOf: (all: VendorServer['vendors']) => ModelSettings['vendors'] = (all) => all,
  models: ModelSettings['models'] = {},
  idleMs = 60_000,
): Promise<ActivityDesk> {
  server = await startVendorServer({ scripts });
  const triage = defineModelAgent({
    name: 'triage',
    version: '1.0.0',
    domain: 'front',
    scope: 'first contact',
    accepts: z.object({ order: z.string().optional() }),
    instructions: 'Help with orders.',
    maxOutputTokens: 100,
    idleMs,
    model: 'openai:first',
    fallback: ['anthropic:second', 'google:third'],
  });
  const names = ['openai:first', 'anthropic:second', 'google:third'];
  const prices = Object.fromEntries(names.map((name) => [name, { inputUsd: 2, outputUsd: 10 }]));
  return openDesk({ triage }, [], {
    context: memoryContext(),
    models: { vendors: vendorsOf(server.vendors) ?? {}, prices, models },
  });
}

function input(desk: ActivityDesk, changes: Partial<TurnInput> = {}): TurnInput {
  const envelope = envelopeWith({ order: 'A1' }, { idempotencyKey: stepKey(TRACE, 1, 'turn') });
  return turnInput(desk, 'triage', envelope, changes);
}

async function failedWith(running: Promise<TurnOutput>): Promise<ApplicationFailure> {
  const thrown: unknown = await running.catch((error: unknown) => error);
  if (thrown instanceof ApplicationFailure) return thrown;
  throw new Error(`it came to ${JSON.stringify(thrown)}`);
}

const asked = (): readonly string[] => server.requests.map((one) => one.model);

test.each<[string, VendorStep, string, number]>([
  [
    'retired',
    { fault: { kind: 'status', status: 404, message: 'no such model' } },
    'MODEL_REQUEST_REFUSED',
    0,
  ],
  ['down', { fault: { kind: 'status', status: 503 } }, 'MODEL_UNAVAILABLE', 1],
  ['out of breath', { fault: { kind: 'status', status: 429, retryAfterS: 60 } }, 'MODEL_RATE_LIMITED', 0],
  ['shut to us', { fault: { kind: 'status', status: 401 } }, 'MODEL_ACCESS_DENIED', 0],
  ['cut', { text: 'One two three', fault: { kind: 'cut', after: 2 } }, 'MODEL_ANSWER_BROKEN', 1],
  ['silent', { text: 'One two', fault: { kind: 'silence', after: 2 } }, 'MODEL_STALLED', 1],
  [
    'too small',
    { fault: { kind: 'status', status: 400, message: 'prompt is too long' } },
    'MODEL_CONTEXT_TOO_LONG',
    0,
  ],
])('a first model that is %s is passed over, and provenance says why', async (_, fault, code, lost) => {
  const desk = await openWith(
    { first: [fault], second: [answer] },
    undefined,
    {},
    fault.fault?.kind === 'silence' ? 3_000 : 60_000,
  );
  const output = await perform(desk, 'turn', input(desk));
  expect(output).toMatchObject({
    kind: 'turned',
    turn: {
      intent: { kind: 'reply', text: 'Which order?' },
      provenance: { modelVersion: 'anthropic:second', passedOver: [{ model: 'openai:first', code }] },
    },
    usage: { model: 'anthropic:second', inputTokens: 1_000, outputTokens: 50, microUsd: 2_500 },
  });
  expect(asked()).toEqual(['first', 'second']);
  // What a vendor refuses before its model begins is not charged; whatever else became of it counts as the most.
  const { usage: took } = output as Extract<TurnOutput, { kind: 'turned' }>;
  expect(took?.lost?.calls ?? 0).toBe(lost);
  if (lost > 0) expect(took?.lost).toMatchObject({ outputTokens: 100 });
});

test('an answer that its vendor holds back is asked of the next model, and counted as charged', async () => {
  const desk = await openWith({ first: [{ text: 'I', finish: 'filtered', usage }], second: [answer] });
  const output = await perform(desk, 'turn', input(desk));
  expect(output).toMatchObject({
    turn: { provenance: { passedOver: [{ model: 'openai:first', code: 'MODEL_ANSWER_EMPTY' }] } },
    usage: { lost: { calls: 1, inputTokens: 1_000, outputTokens: 50, microUsd: 2_500 } },
  });
});

test('held back by all of them, the last one’s word goes to the agent as before', async () => {
  const held: VendorStep = { text: '', finish: 'filtered', usage };
  const desk = await openWith({ first: [held], second: [held], third: [held] });
  expect(await perform(desk, 'turn', input(desk))).toMatchObject({
    kind: 'invalid',
    failure: { code: 'MODEL_ANSWER_EMPTY' },
    usage: { lost: { calls: 2 } },
  });
});

test('a vendor without a key, a server that is gone: the next one is asked', async () => {
  const anthropic = { apiKey: 'k', baseUrl: 'http://127.0.0.1:1' };
  const desk = await openWith({ third: [answer] }, (vendors) => ({ ...vendors, openai: {}, anthropic }));
  expect(await perform(desk, 'turn', input(desk))).toMatchObject({
    turn: {
      provenance: {
        modelVersion: 'google:third',
        passedOver: [
          { model: 'openai:first', code: 'MODEL_ACCESS_DENIED' },
          { model: 'anthropic:second', code: 'MODEL_UNAVAILABLE' },
        ],
      },
    },
  });
});

test('none answers: the failure that a retry is likeliest to mend, with its pause, and what was lost', async () => {
  const desk = await openWith({
    first: [{ fault: { kind: 'status', status: 404 } }],
    second: [{ fault: { kind: 'status', status: 429, retryAfterS: 30 } }],
    third: [{ fault: { kind: 'status', status: 503, retryAfterS: 2 } }],
  });
  const failed = await failedWith(perform(desk, 'turn', input(desk)));
  expect(failed).toMatchObject({ type: 'MODEL_UNAVAILABLE', nonRetryable: false, nextRetryDelay: 2_000 });
  for (const words of ['openai:first: MODEL_REQUEST_REFUSED', 'anthropic:second: MODEL_RATE_LIMITED'])
    expect(failed.message).toContain(words);
  expect(lostInNote(failed.details?.[1])).toMatchObject({ calls: 1, outputTokens: 100 });
});

test('none answers and none ever will: it is not tried again', async () => {
  const gone: VendorStep = { fault: { kind: 'status', status: 404 } };
  const desk = await openWith({ first: [gone], second: [gone], third: [gone] });
  const failed = await failedWith(perform(desk, 'turn', input(desk)));
  expect(failed).toMatchObject({ type: 'MODEL_REQUEST_REFUSED', nonRetryable: true });
  expect(failed.details).toHaveLength(1);
});

test('what a model that was passed over may have cost is taken from what is left', async () => {
  const cut: VendorStep = { text: 'One two', fault: { kind: 'cut', after: 1 } };
  const desk = await openWith({ first: [cut], second: [answer] });
  const whole = await perform(desk, 'turn', input(desk));
  const { usage: took } = whole as Extract<TurnOutput, { kind: 'turned' }>;
  const most = (took?.lost?.inputTokens ?? 0) + (took?.lost?.outputTokens ?? 0);
  await server.close();
  const poor = await openWith({ first: [cut], second: [answer] });
  const allowance = { tokens: 2 * most - 1 };
  const failed = await failedWith(perform(poor, 'turn', input(poor, { allowance })));
  expect(failed).toMatchObject({ type: 'BUDGET_SPENT', nonRetryable: true });
  expect(asked()).toEqual(['first']);
  expect(lostInNote(failed.details?.[1])).toMatchObject({ calls: 1 });
  await server.close();
  const enough = await openWith({ first: [cut], second: [answer] });
  await perform(enough, 'turn', input(enough, { allowance: { tokens: 2 * most } }));
  expect(asked()).toEqual(['first', 'second']);
});

test('what earlier attempts lost travels on, and goes to the answer', async () => {
  const desk = await openWith({ first: [answer] });
  const lost = { calls: 2, inputTokens: 10, outputTokens: 20, microUsd: 30 };
  const asking = { calls: 1, inputTokens: 1, outputTokens: 2, microUsd: 3 };
  const output = await perform(desk, 'turn', input(desk), {
    attempt: 3,
    heartbeatDetails: { lost, asking },
  });
  expect(output).toMatchObject({
    usage: { lost: { calls: 3, inputTokens: 11, outputTokens: 22, microUsd: 33 } },
  });
});

test('a case keeps the models that it began with; settings of the worker go before them', async () => {
  const desk = await openWith({ first: [answer], second: [answer] });
  expect(desk.team.manifest.agents['triage']?.models).toEqual([
    'openai:first',
    'anthropic:second',
    'google:third',
  ]);
  const pinned = structuredClone(desk.team.manifest);
  Object.assign(pinned.agents['triage'] ?? {}, { models: ['anthropic:second'] });
  desk.manifests.set('older', pinned);
  await perform(desk, 'turn', input(desk, { manifest: 'older' }));
  expect(asked()).toEqual(['second']);
  await server.close();
  const set = await openWith({ third: [answer] }, undefined, { triage: 'google:third|openai:first' });
  set.manifests.set('older', pinned);
  const output = await perform(set, 'turn', input(set, { manifest: 'older' }));
  expect(output).toMatchObject({ turn: { provenance: { modelVersion: 'google:third' } } });
});

test('the feed says that another model answers: half a sentence of the one before is void', async () => {
  const store = memoryContext();
  server = await startVendorServer({
    scripts: {
      first: [{ text: 'Let me see what I', fault: { kind: 'cut', after: 6 } }],
      second: [answer],
    },
  });
  const triage = defineModelAgent({
    name: 'triage',
    version: '1.0.0',
    domain: 'front',
    scope: 'first contact',
    accepts: z.object({ order: z.string().optional() }),
    instructions: 'Help with orders.',
    model: 'anthropic:first',
    fallback: ['openai-chat:second'],
  });
  const desk = openDesk({ triage }, [], { context: store, models: { vendors: server.vendors } });
  await perform(desk, 'turn', input(desk));
  const feed = (await store.readProgress(TRACE)).map(({ progress }) => progress);
  expect(feed.map((one) => one.kind)).toEqual(['began', 'text', 'restarted', 'text', 'ended']);
  expect([...textsOfProgress(feed).values()]).toEqual(['Which order?']);
});

test('lists that cannot be are refused when the agent is built', async () => {
  server = await startVendorServer();
  const build = (fallback: readonly string[]): unknown =>
    defineModelAgent({
      name: 'triage',
      version: '1.0.0',
      domain: 'front',
      scope: 'first contact',
      accepts: z.object({}),
      instructions: 'Help.',
      model: scriptedModel('openai:first', []).model,
      fallback,
    });
  expect(() => build(['openai:first'])).toThrow('each once');
  expect(() => build(['no-vendor'])).toThrow('vendor:model');
  expect(() => build(['a', 'b', 'c', 'd', 'e'].map((one) => `openai:${one}`))).toThrow('at most 5');
});
