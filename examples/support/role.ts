import type { AgentDefinition } from '../../activities/agent.ts';
import type { JsonObject } from '../../contract/json.ts';

/** What an agent of the desk is, whoever takes its turns: rules, a script or a model. */
export type Role<Facts extends JsonObject> = Omit<AgentDefinition<Facts>, 'run'>;
