import { z } from 'zod';
import { defineTeam, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { ModelSettings } from '../../activities/models/model-settings.ts';
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
  /** Stops for good once an answer is kept. */
  readonly holds: boolean;
}

/** One agent, whose model is named after the team. Where the name begins with `once`, it has a single attempt. */
export function killedTeam(name: string): Team {
  const only = defineModelAgent({
    name: 'only',
    version: '1.0.0',
    domain: 'test',
    scope: 'answers',
    accepts: z.object({}),
    pool: name,
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
