export type { Adapter } from '../contract/adapters.ts';
export type { Agent, AgentDefinition, Answer, Turn } from './agent.ts';
export { createActivities, type ActivityDependencies } from './create-activities.ts';
export { defineAgent } from './define-agent.ts';
export { defineTeam, edge, escalate, people } from './define-team.ts';
export type { Edge, EdgeOptions, People, Team, TeamDefinition } from './define-team.ts';
export { defineRecordTool, defineTool } from './define-tool.ts';
export { recordEffect } from './tool.ts';
export type { RecordToolDefinition, Tool, ToolAnswer, ToolCall, ToolDefinition, UndoAnswer } from './tool.ts';
