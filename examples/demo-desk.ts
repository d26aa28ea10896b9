import {
  modelsInSettings,
  modelSettingsOf,
  type ModelSettings,
} from '../activities/models/model-settings.ts';
import { openModel } from '../activities/models/open-model.ts';
import { CASE_QUEUE } from '../contract/queues.ts';
import { startVendorServer } from '../testing/index.ts';
import type { DeskOptions } from './running-desk.ts';
import { agentsWithModels, DESK_MODELS, DESK_WITH_MODELS } from './support/model-desk.ts';
import { answerOfModel } from './support/model-script.ts';
import { readScript, type ScriptedTurn } from './support/script.ts';
import { supportDesk } from './support/team.ts';

/** Who takes the turns of the demo's desk. */
export interface DemoDesk {
  readonly name: 'rules' | 'models' | 'local-models';
  readonly team: string;
  readonly queue: string;
  /** How long one step of a conversation may take, in milliseconds. */
  readonly patienceMs: number;
  /** What is started instead of the desk by rules. */
  readonly other: DeskOptions | undefined;
  /** Makes ready for a conversation. */
  readonly prepare: (conversation: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Chooses the desk of the demo.
 * @throws an error that says what to set, for models of a vendor without one
 */
export async function demoDesk(name: DemoDesk['name'], say: (line: string) => void): Promise<DemoDesk> {
  if (name === 'rules')
    return {
      name,
      team: 'support-desk',
      queue: CASE_QUEUE,
      patienceMs: 60_000,
      other: undefined,
      prepare: nothing,
      close: nothing,
    };
  const own = { name, team: DESK_WITH_MODELS, queue: `baton-${DESK_WITH_MODELS}` };
  const otherWith = (models: ModelSettings): DeskOptions => ({
    teams: (records) => [supportDesk(records, agentsWithModels(records), DESK_WITH_MODELS)],
    models,
    caseQueue: own.queue,
  });
  if (name === 'models') {
    const models = await modelsOfEnvironment(process.env);
    const used = Object.entries(DESK_MODELS).map(
      ([agent, usual]) => `${agent} ${(modelsInSettings(models, agent) ?? [usual]).join(' or ')}`,
    );
    say(`Models: ${used.join(', ')}`);
    return { ...own, patienceMs: 180_000, other: otherWith(models), prepare: nothing, close: nothing };
  }
  let script: readonly ScriptedTurn[] = [];
  const server = await startVendorServer({ answer: (request) => answerOfModel(script, request) });
  say(`Models: played from scripts over HTTP (${server.vendors.openai.baseUrl} and others)`);
  return {
    ...own,
    patienceMs: 60_000,
    other: otherWith({ vendors: server.vendors }),
    prepare: async (conversation) => {
      script = await readScript(conversation);
    },
    close: () => server.close(),
  };
}

/** A model for all agents, by the first key that is set. */
const BY_KEY = [
  ['OPENAI_API_KEY', 'openai:gpt-4.1-mini-2025-04-14'],
  ['ANTHROPIC_API_KEY', 'anthropic:claude-sonnet-4-5-20250929'],
  ['GOOGLE_GENERATIVE_AI_API_KEY', 'google:gemini-2.5-flash'],
] as const;

const WHAT_TO_SET = `The desk with models needs one of:
  OPENAI_API_KEY=...                   all agents with ${BY_KEY[0][1]}
  ANTHROPIC_API_KEY=...                all agents with ${BY_KEY[1][1]}
  GOOGLE_GENERATIVE_AI_API_KEY=...     all agents with ${BY_KEY[2][1]}
  OPENAI_COMPATIBLE_BASE_URL=http://localhost:11434/v1 BATON_MODELS='*=openai-compatible:MODEL'
BATON_MODELS='billing=openai:gpt-4.1,*=...' chooses others. Without any: npm run demo -- --local-models`;

/**
 * Models, keys and addresses of variables, each agent's model opened once so that what is missing is said at once.
 * @throws an error that says what to set
 */
export async function modelsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ModelSettings> {
  const settings = modelSettingsOf(environment);
  const chosen = BY_KEY.find(([key]) => environment[key])?.[1];
  const named = Object.keys(settings.models ?? {}).length > 0;
  if (!named && chosen === undefined) throw new Error(WHAT_TO_SET);
  const models = chosen === undefined ? settings.models : { '*': chosen, ...settings.models };
  const complete = { ...settings, ...(models ? { models } : {}) };
  for (const [agent, own] of Object.entries(DESK_MODELS))
    for (const name of modelsInSettings(complete, agent) ?? [own])
      await openModel(name, complete).catch((thrown: unknown) => {
        const problem = thrown instanceof Error ? thrown.message : String(thrown);
        throw new Error(`${agent}: ${problem}\n${WHAT_TO_SET}`, { cause: thrown });
      });
  return complete;
}
