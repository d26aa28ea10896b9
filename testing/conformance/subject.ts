import type { Agent, AgentDefinition } from '../../activities/agent.ts';
import type { ModelSettings } from '../../activities/models/model-settings.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Tool } from '../../activities/tool.ts';
import type { Mind } from './thought.ts';

/** The role that the agent under test is to take: spread it into its definition, all of it. */
export type SubjectRole = Omit<AgentDefinition<JsonObject>, 'run' | 'declines' | 'reads' | 'pool'> & {
  readonly tools: readonly Tool[];
};

/** An agent under test, set up for one check. */
export interface OpenedSubject {
  readonly agent: Agent;
  /** Keys and addresses, where its model is reached as a worker's settings say. */
  readonly models?: ModelSettings;
  readonly close?: () => Promise<void>;
}

/** A write of the agent's own instead of the suite's, such as a tool of an MCP server. */
export interface SubjectTool {
  readonly tool: Tool;
  /** Arguments that it takes. */
  readonly arguments: JsonObject;
  /** Arguments that it refuses. */
  readonly wrong: JsonObject;
  /** Writes that stand at the outside world now, those taken back left out. */
  readonly standing: () => number;
  readonly close?: () => Promise<void>;
}

/** An adapter that puts something behind the agent port. */
export interface AgentSubject {
  /**
   * Makes the agent in this role, with this mind behind it. Called for each check, and twice where another worker goes
   * on with a case: what is kept in the process does not count.
   */
  readonly open: (role: SubjectRole, mind: Mind) => OpenedSubject | Promise<OpenedSubject>;
  /** Asking again costs nothing, as of rules: a turn that is tried again may think again, if it thinks the same. */
  readonly free?: boolean;
  /** It answers at once or not at all, as rules do that wait for nothing: nothing to cancel and no beat to miss. */
  readonly instant?: boolean;
  /** Made for each check; the suite's own when absent. */
  readonly tool?: () => SubjectTool | Promise<SubjectTool>;
}
