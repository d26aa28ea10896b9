/** Public entry point `baton/testing`: what teams need to test themselves. */
export { scriptedAgent, type ScriptedAgent, type ScriptStep } from './scripted-agent.ts';
export { startVendorServer, type VendorServer, type VendorServerOptions } from './vendors/vendor-server.ts';
export type {
  Dialect,
  VendorFault,
  VendorMessage,
  VendorRequest,
  VendorStep,
} from './vendors/vendor-step.ts';
export { scriptedModel, type ModelStep, type ScriptedModel } from './scripted-model.ts';
export { rehearse } from './rehearsal/rehearse.ts';
export type {
  Rehearsal,
  RehearsalOptions,
  RehearsedInput,
  RehearsedQuestion,
  RehearsedTurn,
} from './rehearsal/rehearsal.ts';
export { agentConformance, type ConformanceCheck } from './conformance/agent-conformance.ts';
export type { AgentSubject, OpenedSubject, SubjectRole, SubjectTool } from './conformance/subject.ts';
export {
  answerOfThought,
  spokenThought,
  untilStopped,
  type Mind,
  type SpokenThought,
  type Thought,
} from './conformance/thought.ts';
