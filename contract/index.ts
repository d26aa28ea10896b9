/** Public entry point `baton/contract`: the words that services, teams and tools of others share with Baton. */
export { readA2aCallback, type A2aCallback } from './a2a-callback.ts';
export type { AskedQuestion, CallAnswer, Notice } from './activities.ts';
export { caseInputSchema, parseCaseInput } from './case.ts';
export type {
  CaseInput,
  CaseInputWritten,
  CaseOutcome,
  CaseResult,
  CaseStatus,
  CaseView,
  DeadLetter,
  EffectRecord,
  HandedBack,
  HandoffRecord,
  OpenAsk,
} from './case.ts';
export {
  contextReferenceSchema,
  contextText,
  parseContextReference,
  type ContextCase,
  type ContextEntry,
  type ContextFound,
  type ContextInventory,
  type ContextRead,
  type ContextReference,
  type ContextSelection,
  type ContextWrite,
  type MessageRange,
} from './context.ts';
export { wordsOf } from './conversation.ts';
export type {
  FileReference,
  Message,
  MessageContent,
  Speaker,
  Speaking,
  UserProfile,
  Voice,
} from './conversation.ts';
export type { AskStatus, FanOutAnswer, FanOutView, Need, Rest } from './fan-out.ts';
export type { MissingFact } from './missing.ts';
export {
  envelopeSchema,
  parseEnvelope,
  type Envelope,
  type HandedOver,
  type WorkElsewhere,
} from './envelope.ts';
export {
  BatonError,
  failureCodes,
  failureEntry,
  isBatonError,
  type Failure,
  type FailureCode,
} from './failures.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { findLedgerFault, type LedgerHead, type LedgerKind, type LedgerRow } from './ledger.ts';
export { caseTransitions, handoffTransitions, type CaseStage, type HandoffStatus } from './lifecycle.ts';
export { MESSAGES, QUERIES, SIGNALS } from './messages.ts';
export type {
  ContextStore,
  LedgerStore,
  ManifestStore,
  PeopleDirectory,
  RecordStore,
  RecordTransaction,
} from './ports.ts';
export type { DirectoryAnswer, DirectoryPerson, DirectoryQuestion } from './directory.ts';
export { CASE_QUEUE, CASE_WORKFLOW, poolQueue } from './queues.ts';
export { decisionSchema, parseDecision, type Decision } from './decision.ts';
export { type Review } from './review.ts';
export { SEARCH_ATTRIBUTES } from './search-attributes.ts';
export { parseTeamManifest, teamManifestSchema, type TeamManifest } from './team.ts';
export { agentTurnSchema, parseAgentTurn, type AgentTurn, type Intent } from './turn.ts';
export type { UnmaskGrant, Unmaskable } from './unmasking.ts';
export { CONTRACT_VERSION, supportedVersions } from './versions.ts';
export type { MemoryCrossing, MemoryNames, MemoryOutline, WorkingMemory } from './working-memory.ts';
