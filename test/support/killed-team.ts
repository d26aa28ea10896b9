import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { ask, defineTeam, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { ModelSettings } from '../../activities/models/model-settings.ts';
import { recordEffect, type Tool } from '../../activities/tool.ts';
import type { RecordStore } from '../../contract/ports.ts';
import type { ContextPlace } from '../stores/context-places.ts';

/** What a process that is to be killed works with. */
export interface ModelProcessOrder {
  readonly address: string;
  readonly team: string;
  readonly caseQueue: string;
  readonly ledger: string;
  readonly context: ContextPlace;
  readonly bundle: string;
  readonly models: ModelSettings;
  /** Where the tool writes. */
  readonly records: string;
  /** Stops for good once it has come so far. */
  readonly holdAt?: KillMoment;
}

/** When a process is killed: with an answer kept, or with an effect about to be made, or made and not told of. */
export type KillMoment = 'kept' | 'paying' | 'paid';

/** What the tool of a team needs of the process that it runs in. */
export interface KilledHouse {
  readonly records: () => RecordStore;
  readonly at: (moment: KillMoment) => Promise<void>;
}

/** Where the tool counts what it paid, by id. */
export const PAYMENTS = 'payments';

/** Pays once for each key, and counts it in the transaction of the payment. */
function pay({ records, at }: KilledHouse): Tool {
  const name = 'pay';
  const input = z.object({ id: z.string() });
  const effect = recordEffect<z.output<typeof input>>({
    name,
    store: records,
    change: async (open, { id }) => {
      const paid = await open.get(PAYMENTS, id);
      const times = (typeof paid === 'number' ? paid : 0) + 1;
      await open.put(PAYMENTS, id, times);
      return { kind: 'done', result: { times } };
    },
  });
  return defineTool<z.output<typeof input>>({
    ...{ name, description: 'Pays', input, effect: 'write', ...effect },
    run: async (call) => {
      await at('paying');
      const answer = await effect.run(call);
      await at('paid');
      return answer;
    },
  });
}

const NOWHERE: KilledHouse = {
  records: () => {
    throw new Error('only processes pay');
  },
  at: () => Promise.resolve(),
};

/** An agent by rules that asks two with models at once; each model is named after the team and its agent. */
function fannedTeam(name: string): Team {
  const asked = ['one', 'two'].map((who) =>
    defineModelAgent({
      name: who,
      version: '1.0.0',
      domain: 'test',
      scope: 'answers',
      accepts: z.object({}),
      pool: name,
      instructions: 'Answer.',
      model: `openai-chat:${name}-${who}`,
      maxOutputTokens: 100,
      retry: { attempts: 5, initialMs: 50, maximumMs: 100 },
    }),
  );
  const asks = asked.map((one) => ({ id: one.name, to: one.name, reasonCode: 'to-know', question: 'Well?' }));
  const lead = defineAgent({
    name: 'lead',
    version: '1.0.0',
    domain: 'test',
    scope: 'asks both',
    accepts: z.object({}),
    pool: name,
    run: ({ answers }) => {
      const text = answers.map(({ id, asked: told }) => `${id} ${told?.status ?? ''}`).join(', ');
      return { intent: text === '' ? { kind: 'fan-out', asks } : { kind: 'finish', outcome: 'done', text } };
    },
  });
  return defineTeam({
    name,
    start: lead,
    agents: asked,
    asks: asked.map((one) => ask(lead, one)),
    edges: [escalate(lead, people('desk', { ann: { roles: ['lead'] } }))],
    limits: { tokens: 1_000_000 },
  });
}

/**
 * One agent, whose model is named after the team. Where the name begins with `once`, it has a single attempt, and where
 * it begins with `fanned`, another one asks two of them at once.
 */
export function killedTeam(name: string, house: KilledHouse = NOWHERE): Team {
  if (name.startsWith('fanned')) return fannedTeam(name);
  const only = defineModelAgent({
    name: 'only',
    version: '1.0.0',
    domain: 'test',
    scope: 'answers',
    accepts: z.object({}),
    pool: name,
    tools: [pay(house)],
    instructions: 'Answer.',
    model: `openai-chat:${name}`,
    maxOutputTokens: 100,
    retry: { attempts: name.startsWith('once') ? 1 : 5, initialMs: 50, maximumMs: 100 },
  });
  return defineTeam({
    name,
    start: only,
    edges: [escalate(only, people('desk', { ann: { roles: ['lead'] } }))],
    limits: { tokens: 1_000_000 },
  });
}
