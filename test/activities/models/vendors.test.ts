import { isFailureCode } from '../../../contract/failures.ts';
import { openModel } from '../../../activities/models/open-model.ts';
import type { ModelAnswer, ModelRequest } from '../../../activities/models/model.ts';
import { startVendorServer, type VendorServer } from '../../../testing/vendors/vendor-server.ts';
import type { VendorFault, VendorStep } from '../../../testing/vendors/vendor-step.ts';
import { failureOf } from '../activity-desk.ts';

const VENDORS = ['openai', 'openai-chat', 'openai-compatible', 'anthropic', 'google'] as const;
type Vendor = (typeof VENDORS)[number];

const request: ModelRequest = {
  system: 'You are billing.',
  messages: [{ role: 'user', text: 'I was charged twice' }],
  tools: [
    {
      name: 'look-up-charges',
      description: 'Charges of a customer',
      schema: { type: 'object', properties: { customerId: { type: 'string' } }, required: ['customerId'] },
    },
  ],
  temperature: 0,
  maxOutputTokens: 500,
  idleMs: 5_000,
  signal: new AbortController().signal,
};

let server: VendorServer;
afterEach(() => server.close());

async function ask(
  vendor: Vendor,
  steps: readonly VendorStep[],
  changes: Partial<ModelRequest> = {},
): Promise<ModelAnswer> {
  server = await startVendorServer({ scripts: { 'model-1': steps } });
  const model = await openModel(`${vendor}:model-1`, { vendors: server.vendors });
  return model.call({ ...request, ...changes });
}

/** Everything but the vendor's own remarks. */
function bare({ parts }: ModelAnswer): unknown {
  return parts.map((part) =>
    part.kind === 'call'
      ? { kind: part.kind, name: part.name, arguments: part.arguments }
      : { kind: part.kind, text: part.text },
  );
}

describe.each(VENDORS)('%s', (vendor) => {
  test('text and calls arrive in pieces and are put together, with tokens and the model that served', async () => {
    const heard: string[] = [];
    const answer = await ask(
      vendor,
      [
        {
          text: 'Let me look at your charges.',
          calls: [{ name: 'look-up-charges', arguments: { customerId: 'C-1' } }],
          usage: { input: 321, output: 45 },
        },
      ],
      { onText: (text) => heard.push(text) },
    );
    expect(bare(answer)).toEqual([
      { kind: 'text', text: 'Let me look at your charges.' },
      { kind: 'call', name: 'look-up-charges', arguments: '{"customerId":"C-1"}' },
    ]);
    expect(answer).toMatchObject({ finish: 'calls', served: 'model-1', tokens: { input: 321, output: 45 } });
    expect(heard.join('')).toBe('Let me look at your charges.');
    expect(heard.length).toBeGreaterThan(3);
    const [sent] = server.requests;
    expect(sent).toMatchObject({
      system: 'You are billing.',
      messages: [{ role: 'user', text: 'I was charged twice' }],
      tools: ['look-up-charges'],
      temperature: 0,
      stream: true,
    });
    expect(JSON.stringify(sent?.body)).not.toContain('test-key');
    server.assertComplete();
  });

  test('an answer and its results go back as they came', async () => {
    const first = await ask(vendor, [
      { text: 'One moment.', calls: [{ name: 'look-up-charges', arguments: { customerId: 'C-1' } }] },
      { text: 'You were charged once.' },
    ]);
    const model = await openModel(`${vendor}:model-1`, { vendors: server.vendors });
    const call = first.parts.find((part) => part.kind === 'call');
    const second = await model.call({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', parts: first.parts, model: `${vendor}:model-1` },
        {
          role: 'tool',
          results: [
            { id: call?.id ?? '', name: 'look-up-charges', text: '[{"amountEur":5}]', failed: false },
          ],
        },
      ],
    });
    expect(bare(second)).toEqual([{ kind: 'text', text: 'You were charged once.' }]);
    expect(second.finish).toBe('stop');
    const { messages } = server.requests[1] ?? { messages: [] };
    expect(messages.map((one) => one.role).filter((role, at, all) => role !== all[at - 1])).toEqual([
      'user',
      'assistant',
      'tool',
    ]);
    expect(messages.at(-1)?.text).toContain('amountEur');
    server.assertComplete();
  });

  test('an answer of another model goes along as words and calls', async () => {
    const first = await ask(vendor, [{ text: 'Hello.' }]);
    const model = await openModel(`${vendor}:model-1`, { vendors: server.vendors });
    await model
      .call({
        ...request,
        messages: [
          ...request.messages,
          {
            role: 'assistant',
            model: 'other:one',
            parts: [{ kind: 'thought', text: 'hm', echo: { other: { signature: 'abc' } } }, ...first.parts],
          },
          { role: 'user', text: 'And now?' },
        ],
      })
      .catch(() => undefined);
    const sent = JSON.stringify(server.requests[1]?.body);
    expect(sent).toContain('Hello.');
    expect(sent).not.toContain('abc');
  });

  test.each<[string, 'length' | 'filtered']>([
    ['cut by its length', 'length'],
    ['held back by a filter', 'filtered'],
  ])('an answer %s says so', async (_, finish) => {
    expect((await ask(vendor, [{ text: 'Half a', finish }])).finish).toBe(finish);
  });

  const faults: readonly [string, VendorFault, string, boolean][] = [
    ['429', { kind: 'status', status: 429, retryAfterS: 7 }, 'MODEL_RATE_LIMITED', false],
    [
      '429 for a quota',
      { kind: 'status', status: 429, code: 'insufficient_quota' },
      'MODEL_ACCESS_DENIED',
      true,
    ],
    ['401', { kind: 'status', status: 401, message: 'no such key: test-key' }, 'MODEL_ACCESS_DENIED', true],
    ['400', { kind: 'status', status: 400, message: 'no such field' }, 'MODEL_REQUEST_REFUSED', true],
    ['404', { kind: 'status', status: 404, message: 'no such model' }, 'MODEL_REQUEST_REFUSED', true],
    [
      'too long',
      { kind: 'status', status: 400, message: 'prompt is too long' },
      'MODEL_CONTEXT_TOO_LONG',
      true,
    ],
    ['500', { kind: 'status', status: 500 }, 'MODEL_UNAVAILABLE', false],
    ['529', { kind: 'status', status: 529 }, 'MODEL_UNAVAILABLE', false],
    ['a stream that is cut', { kind: 'cut', after: 2 }, 'MODEL_ANSWER_BROKEN', false],
    ['a stream that is not JSON', { kind: 'garbage' }, 'MODEL_ANSWER_BROKEN', false],
    ['silence before anything', { kind: 'silence', after: 0 }, 'MODEL_STALLED', false],
    ['silence in the middle', { kind: 'silence', after: 2 }, 'MODEL_STALLED', false],
  ];
  test.each(faults)('%s', async (_, fault, type, nonRetryable) => {
    // A machine under load may pause for longer than a brief limit: only silence is to be found by it.
    const idleMs = fault.kind === 'silence' ? 300 : 60_000;
    const asked = ask(vendor, [{ text: 'One two three four five', fault }], { idleMs });
    const failed = await failureOf(asked);
    expect(failed).toMatchObject({ type, nonRetryable });
    expect(isFailureCode(failed.type)).toBe(true);
    expect(failed.message).toContain(`${vendor}:model-1`);
    expect(failed.message).not.toContain('test-key');
    const thrown: unknown = await asked.catch((error: unknown) => error);
    expect(thrown).toMatchObject(
      fault.kind === 'status' && fault.retryAfterS !== undefined ? { nextRetryDelay: 7_000 } : {},
    );
    expect(server.requests).toHaveLength(1);
  });

  test('nobody there', async () => {
    server = await startVendorServer();
    const model = await openModel(`${vendor}:model-1`, { vendors: server.vendors });
    await server.close();
    expect(await failureOf(model.call(request))).toMatchObject({
      type: 'MODEL_UNAVAILABLE',
      nonRetryable: false,
    });
  });

  test('a case that no longer wants the answer stops the call, and that is no failure of the model', async () => {
    const stop = new AbortController();
    const asked = ask(vendor, [{ text: 'One two three', fault: { kind: 'silence', after: 2 } }], {
      signal: stop.signal,
      onText: () => {
        stop.abort();
      },
    });
    // Not every protocol has sent text by then.
    const limit = setTimeout(() => {
      stop.abort();
    }, 500);
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    clearTimeout(limit);
  });
});

test('arguments that are no JSON arrive as they were written', async () => {
  const answer = await ask('openai-chat', [
    { calls: [{ name: 'look-up-charges', arguments: '{"customerId": ' }] },
  ]);
  expect(answer.parts).toMatchObject([{ kind: 'call', arguments: '{"customerId": ' }]);
});

test('a request that no script has, and steps left over, fail at the end', async () => {
  expect(await failureOf(ask('anthropic', []))).toMatchObject({ type: 'MODEL_REQUEST_REFUSED' });
  expect(() => {
    server.assertComplete();
  }).toThrow('model-1 is asked for more than its script has');
  await server.close();
  server = await startVendorServer({ scripts: { one: [{ text: 'hello' }] } });
  expect(() => {
    server.assertComplete();
  }).toThrow('one played 0 of 1 steps');
});

test('what a step expects of the request is held against it', async () => {
  const step: VendorStep = {
    text: 'hello',
    expect: ({ messages }) => {
      if (messages.length > 5) return;
      throw new Error('too few messages');
    },
  };
  await expect(ask('google', [step])).rejects.toThrow();
  expect(() => {
    server.assertComplete();
  }).toThrow('too few messages');
});

test('a key that is not set is said, by the name of its variable', async () => {
  server = await startVendorServer();
  await expect(openModel('anthropic:claude', {})).rejects.toMatchObject({
    code: 'MODEL_ACCESS_DENIED',
    field: 'ANTHROPIC_API_KEY',
  });
});
