/**
 * What Baton's layer adds to a call of a model: a turn of an agent with a model beside an activity written by hand over
 * the same library, both in the context of an activity, asking the same of the same local server.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createOpenAI } from '@ai-sdk/openai';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { createActivities } from '../activities/create-activities.ts';
import { defineTeam, escalate, people } from '../activities/define-team.ts';
import { defineTool } from '../activities/define-tool.ts';
import { defineModelAgent } from '../activities/models/define-model-agent.ts';
import type { TurnInput } from '../contract/activities.ts';
import { isJsonObject } from '../contract/json.ts';
import { stepKey } from '../contract/keys.ts';
import { cipherOfEnvironment } from '../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../stores/index.ts';
import { startVendorServer, type VendorRequest } from '../testing/index.ts';
import { median } from './arithmetic.ts';
import { metric, type Metric } from './report.ts';

const SAID = 'I was charged twice this month. Please give me one of the two charges back, and tell me why.';
const ANSWER = 'I have found both charges of this month. Which of the two shall I give back to you?';

/** One call, from the start of the activity to its end. */
type Call = () => Promise<void>;

/**
 * The figures over so many calls of each side, in turn. `baton` keeps what was told and said in an embedded, encrypted
 * context store; `raw` keeps nothing.
 */
export async function measureModelCalls(calls: number): Promise<readonly Metric[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bench-'));
  const server = await startVendorServer({ answer: () => ({ text: ANSWER }) });
  const places = { BATON_LEDGER_URL: `file:${path.join(folder, 'baton.db')}` };
  const [ledger, manifests, context] = await Promise.all([
    openLedgerStore(places.BATON_LEDGER_URL),
    openManifestStore(places.BATON_LEDGER_URL),
    openContextAt(contextLocations(places), cipherOfEnvironment(places)),
  ]);
  try {
    const baton = turnOfBaton({ ledger, manifests, context, models: { vendors: server.vendors } });
    await baton();
    const asked = server.requests.at(-1);
    if (!asked) throw new Error('the model was not asked');
    const { baseUrl: baseURL, apiKey } = server.vendors['openai-chat'];
    const raw = callByHand(createOpenAI({ baseURL, apiKey }).chat('bench-1'), asked);
    const times: { readonly baton: number[]; readonly raw: number[] } = { baton: [], raw: [] };
    const warm = Math.ceil(calls / 4);
    for (let round = 0; round < calls + warm; round += 1) {
      const sides = [
        ['baton', baton],
        ['raw', raw],
      ] as const;
      for (const [side, call] of round % 2 === 0 ? sides : [...sides].reverse()) {
        const began = performance.now();
        await call();
        if (round >= warm) times[side].push(performance.now() - began);
      }
    }
    const [ours, bare] = [median(times.baton), median(times.raw)];
    return [
      metric('model_call_ms', 1, { baton: ours, raw: bare, unit: 'ms' }),
      metric('model_call_overhead_ms', 1, { baton: ours - bare, raw: null, unit: 'ms' }),
    ];
  } finally {
    await server.close();
    await Promise.all([ledger.close(), manifests.close(), context.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The activity `turn`, for the first turn of a case each time. */
function turnOfBaton(
  rooms: Pick<Parameters<typeof createActivities>[0], 'ledger' | 'manifests' | 'context' | 'models'>,
): Call {
  const lookUp = defineTool({
    name: 'look-up-charges',
    description: 'Charges of a customer',
    input: z.object({ customerId: z.string() }),
    effect: 'read',
    run: () => Promise.resolve({ kind: 'done', result: [] }),
  });
  const agent = defineModelAgent({
    name: 'billing',
    version: '1.0.0',
    domain: 'finance',
    scope: 'Charges, invoices and refunds',
    accepts: z.object({ account: z.string() }),
    tools: [lookUp],
    instructions: 'You are billing. Find the charges of the customer before you pay anything back.',
    model: 'openai-chat:bench-1',
  });
  const desk = people('desk', { ana: { roles: [] } });
  const team = defineTeam({ name: 'bench-models', start: agent, edges: [escalate(agent, desk)] });
  const { turn } = createActivities({ teams: [team], ...rooms }) as {
    turn: (input: TurnInput) => Promise<unknown>;
  };
  return async () => {
    const trace = randomUUID();
    const input: TurnInput = {
      version: '1.0.0',
      caseId: trace,
      trace,
      team: team.name,
      manifest: team.digest,
      rows: [],
      agent: 'billing',
      agentVersion: '1.0.0',
      turn: 1,
      envelope: {
        version: '1.0.0',
        idempotencyKey: stepKey(trace, 1, 'turn'),
        trace,
        step: 1,
        provenance: [],
        effects: [],
        failureModes: { retry: [], human: [] },
        memory: { facts: { account: 'C-204117' } },
        task: {
          definition: 'Refund a duplicate charge',
          constraints: {},
          acceptance: [],
          completed: [],
          remaining: [],
          unable: [],
        },
      },
      conversation: [
        { id: 'm1', sequence: 1, at: '2026-11-03T09:15:00.000Z', from: { kind: 'user' }, text: SAID },
      ],
      answeredUpTo: 0,
      answers: [],
      notices: [],
    };
    const output = await new MockActivityEnvironment().run(turn, input);
    requireAnswer(isJsonObject(output) ? JSON.stringify(output) : '');
  };
}

/** What one would write by hand: the library is asked, and its stream put together. */
function callByHand(model: LanguageModelV3, asked: VendorRequest): Call {
  const tools = (asked.body['tools'] ?? []) as readonly {
    readonly function: { readonly name: string; readonly description: string; readonly parameters: object };
  }[];
  const activity = async (): Promise<string> => {
    const { stream } = await model.doStream({
      prompt: [
        { role: 'system', content: asked.system },
        { role: 'user', content: [{ type: 'text', text: asked.messages[0]?.text ?? '' }] },
      ],
      temperature: 0,
      maxOutputTokens: 2_048,
      tools: tools.map(({ function: { name, description, parameters } }) => ({
        type: 'function',
        name,
        description,
        inputSchema: parameters as Record<string, never>,
      })),
      toolChoice: { type: 'auto' },
    });
    let text = '';
    for await (const part of stream) if (part.type === 'text-delta') text += part.delta;
    return text;
  };
  return async () => {
    requireAnswer(await new MockActivityEnvironment().run(activity));
  };
}

function requireAnswer(text: string): void {
  if (!text.includes(ANSWER)) throw new Error(`no answer: ${text.slice(0, 200)}`);
}
