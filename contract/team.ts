import { z } from 'zod';
import { anyJsonSchema } from './any-json.ts';
import { adapterSchema } from './adapters.ts';
import { breakerRulesSchema } from './breaker.ts';
import { digestOf } from './digest.ts';
import { needSchema, restSchema } from './fan-out.ts';
import { ASKS_PER_TURN, JSON_DEPTH, MODELS_PER_AGENT, PAYLOAD_BYTES } from './limits.ts';
import { needsSchema } from './missing.ts';
import type { Parsed } from './parse.ts';
import { parseWith } from './parse.ts';
import { policySchema } from './policy/policy.ts';
import { toolRateSchema } from './rates.ts';
import { redactedKindsSchema } from './redaction.ts';
import { refuseVersion } from './versions.ts';
import { waitingSchema } from './waiting.ts';
import { digestSchema, idSchema, nameSchema, reasonSchema, semverSchema, versionSchema } from './words.ts';

const positive = z.int().positive();

const Approval = z.object({
  /** Pool of people who may decide. */
  pool: nameSchema(),
  /** Needed only when this holds of the arguments or facts; always when absent. */
  when: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('above'), field: z.string().min(1), value: z.number() }),
      z.object({ kind: z.literal('equals'), field: z.string().min(1), value: anyJsonSchema() }),
      z.object({ kind: z.literal('present'), field: z.string().min(1) }),
    ])
    .optional(),
  /** How long people have, in milliseconds. Expiry refuses; it never approves (I8). */
  expiresMs: positive,
  /** The question in one line, such as `Refund to the customer?`. */
  question: reasonSchema(),
  /** How many different people must say yes; one when absent. A single no is enough to refuse (four eyes). */
  approvers: z.int().min(2).max(10).optional(),
  /** Roles of the pool of which a person needs one to decide; any member may when absent. */
  roles: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
  /** What is done while nobody decides; what the pool says when absent. */
  waiting: waitingSchema().optional(),
  /**
   * What becomes of it when nobody has decided in time: refused, so that the agent is told, when absent; `escalate`
   * refuses as well and brings the case to people. There is no word for a yes (I8, F30).
   */
  atExpiry: z.enum(['refuse', 'escalate']).optional(),
  /**
   * Only decisions count that a door has signed for somebody whom it knows (`BATON_DOOR_KEYS`); whatever the pool's
   * members say, also by plain signal, when absent.
   */
  proof: z.literal('proven').optional(),
  /** How long whoever approved may take it back before it counts, in milliseconds; it counts at once when absent. */
  undoMs: positive.optional(),
  /**
   * Whoever asked for what is decided may not say yes to it: who opened the case, its user, and people who have told
   * its agents what to do (whisper, give-back, redrive). They may when absent.
   */
  requesters: z.literal('excluded').optional(),
});
/** When an effect or a handoff needs a person's yes, as data: the workflow decides by it. */
export type Approval = z.output<typeof Approval>;

const Retry = z.object({
  /** Attempts in all; 3 is two retries, then a human (R2). */
  attempts: positive,
  initialMs: positive,
  backoff: z.number().min(1),
  maximumMs: positive,
});
/** Retry budget of an activity. */
export type Retry = z.output<typeof Retry>;

const Tool = z.object({
  name: nameSchema(),
  description: reasonSchema(),
  /** `read` changes nothing and needs no undo; `write` is an effect of the saga. */
  effect: z.enum(['read', 'write']),
  /** Whether an undo exists. What cannot be undone needs approval, and is reported as kept. */
  reversible: z.boolean(),
  approval: Approval.optional(),
  /** It can read the record that it would change, for whoever must say yes. */
  preview: z.literal(true).optional(),
  /** What an exhausted effect does: unwind the whole case, or undo itself and tell the agent. */
  onFailure: z.enum(['unwind', 'return-to-agent']),
  timeoutMs: positive,
  retry: Retry,
  /** How often it may be called, by all cases of a tenant together; as often as cases like when absent. */
  rate: toolRateSchema().optional(),
  /** What it is used for, as what models take is put down to (A3); the skill of its agent when absent. */
  skill: nameSchema().optional(),
  /** JSON Schema of the arguments. */
  input: z.record(z.string(), anyJsonSchema()),
});
/** What the workflow knows of a tool. */
export type ToolManifest = z.output<typeof Tool>;

const MemoryAccepted = z.object({
  intent: z.literal(true).optional(),
  recordsRead: z.literal(true).optional(),
  /** JSON Schema of the partial results. */
  partialResults: z.record(z.string(), anyJsonSchema()).optional(),
});

const Agent = z.object({
  name: nameSchema(),
  version: semverSchema(),
  domain: z.string().max(100),
  scope: reasonSchema(),
  /** Task queue of the pool that serves this agent. */
  queue: z.string().min(1).max(200),
  /** JSON Schema of the facts that may cross into this agent (I6). */
  accepts: z.record(z.string(), anyJsonSchema()),
  /** Facts that the user is asked for before this agent works, where nobody has told them (U13). None when absent. */
  needs: needsSchema().optional(),
  /** What of others' working memory may cross into this agent (H8); nothing when absent. */
  workingMemory: MemoryAccepted.optional(),
  /** Largest value per numeric argument and tool: `{ refund: { amountEur: 100 } }`. */
  authority: z.record(nameSchema(), z.record(z.string(), z.number())),
  failures: z.object({ retry: z.array(z.string().max(100)), human: z.array(z.string().max(100)) }),
  tools: z.record(nameSchema(), Tool),
  turnTimeoutMs: positive,
  retry: Retry,
  /** When the agent is isolated, and how it is looked at before it is offered a case (R7, T10). Never when absent. */
  breaker: breakerRulesSchema().optional(),
  /** The agent is elsewhere, and works on tasks there; absent for agents of the team's own workers. */
  remote: z
    .object({
      protocol: z.literal('a2a'),
      /**
       * What its work does to the outside world: nothing; what nobody here can take back; what ending the task takes back,
       * as a team of Baton does at the other side.
       */
      effects: z.enum(['none', 'irreversible', 'cancellable']),
    })
    .optional(),
  /** What an agent with a model is told to do: workers read the words by this digest (H11). */
  prompt: z.object({ version: z.string().max(100), digest: digestSchema() }).optional(),
  /** The models that an agent asks, the first one that answers counts; workers' settings go before them. */
  models: z.array(z.string().min(1).max(200)).min(1).max(MODELS_PER_AGENT).optional(),
  /**
   * Turns of it that the case stops are waited for, so that what their models took is counted, and rows tell all that
   * was (A3, G3). Cases of earlier releases count no such turn.
   */
  metering: z.literal('full').optional(),
  /** What it is good at: its turns are put down to it where no tool says otherwise (A3). None when absent. */
  skill: nameSchema().optional(),
});
/** What the workflow knows of an agent. */
export type AgentManifest = z.output<typeof Agent>;

const Roles = z.array(z.string().min(1).max(100)).min(1).max(50);

const Staffing = z.object({
  /** Roles of which a person needs one to be of the pool; anybody whom the directory names for it when absent. */
  roles: Roles.optional(),
  /** Skills that a person needs, all of them. */
  skills: Roles.optional(),
  /** Whoever speaks the user's language comes first. */
  language: z.literal('user').optional(),
  /** Pool that is asked instead while this one is closed. */
  afterHours: nameSchema().optional(),
});
/** Who is of a pool that a directory knows: what is required of people, never who they are. */
export type StaffingManifest = z.output<typeof Staffing>;

const Pool = z.object({
  name: nameSchema(),
  /** People by id, with their roles. */
  members: z.record(idSchema(), z.object({ roles: z.array(z.string().max(100)) })),
  /** The pool has no members of its own: the directory of the workers knows them. */
  staffing: Staffing.optional(),
  /**
   * How old the directory's answer may be when somebody takes a case, in milliseconds: an older one is asked for again
   * first, so that whoever has left takes none. As old as it is when absent, as in teams of earlier releases.
   */
  claimFreshMs: positive.optional(),
  /** Roles of the pool that may see what edges mask, where the edge names none. Nobody may when absent. */
  unmask: Roles.optional(),
  /**
   * How long somebody holds a case without doing anything, in milliseconds: then it is the pool's again. For good
   * when absent, as in teams of earlier releases.
   */
  leaseMs: positive.optional(),
  /** Roles of people who may take a case out of another's hands. Nobody may when absent. */
  supervisors: Roles.optional(),
  /** What is done while nobody of the pool takes a case, or decides a review that says nothing else itself. */
  waiting: waitingSchema().optional(),
});
/** A pool of people. */
export type PoolManifest = z.output<typeof Pool>;

const View = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('full') }),
  /** Messages of the named speakers only, the last so many of them. */
  z.object({
    kind: z.literal('filtered'),
    from: z
      .array(z.enum(['user', 'agent', 'person', 'system']))
      .min(1)
      .optional(),
    last: z.int().min(0).max(100).optional(),
  }),
  /** The last so many messages; for the rest there is the summary of the boundary. */
  z.object({ kind: z.literal('summarised'), last: z.int().min(0).max(100) }),
]);
/** What a receiver sees of the conversation. Messages that nobody has answered are always in it. */
export type ConversationView = z.output<typeof View>;

const Techniques = z.object({
  /** A structured summary is made at the boundary (X1). */
  summary: z.boolean().optional(),
  /** Facts that cross by reference whatever their size; large ones do where a context store is (X2). */
  reference: z.array(z.string().min(1).max(200)).max(100).optional(),
  conversation: View.optional(),
});
/** How context crosses an edge, beside the selection of fields that every edge makes (X4). */
export type ContextTechniques = z.output<typeof Techniques>;

const Edge = z.object({
  from: nameSchema(),
  to: nameSchema(),
  verb: z.enum(['transfer', 'escalate']),
  approval: Approval.optional(),
  /** The receiver may not give the case back along this edge. */
  noReturn: z.boolean(),
  /** How long an offer on this edge stays open, in milliseconds. */
  offerMs: positive,
  /** Who stands in, in order, when the receiver does not take the case (T10). */
  fallback: z.array(nameSchema()).max(5),
  /** Facts that the receiver knows by other names. Absent where both ends speak alike. */
  adapt: z.array(adapterSchema()).max(1_000).optional(),
  context: Techniques.optional(),
  /** Kinds of personal data masked on the way (X5). Absent where nothing is. */
  redact: redactedKindsSchema().optional(),
  /** Roles that may see what this edge masks; those of the pools when absent. */
  unmask: Roles.optional(),
});
/** An ordered pair with its contract. */
export type EdgeManifest = z.output<typeof Edge>;

const Ask = z.object({
  from: nameSchema(),
  to: nameSchema(),
  /** How long an answer may take, in milliseconds. */
  ms: positive.optional(),
  /** Most tokens of models that an answer may take, in and out. */
  tokens: positive.optional(),
  /** Most that an answer may cost, in US dollars. */
  costUsd: z.number().positive().optional(),
  /** Kinds of personal data masked on the way (X5). Absent where nothing is. */
  redact: redactedKindsSchema().optional(),
});

const Manifest = z.object({
  version: versionSchema(),
  name: nameSchema(),
  start: nameSchema(),
  agents: z.record(nameSchema(), Agent),
  pools: z.record(nameSchema(), Pool),
  /** Pool that takes what no edge names: requests for a human, spent fallbacks, guards. */
  escalation: nameSchema(),
  edges: z.array(Edge).max(1_000),
  /** Who may ask whom without handing the case on; nobody when absent. */
  asks: z.array(Ask).max(1_000).optional(),
  /** What several questions of one turn need, by who asks; all answers, and all are waited for, when absent (O6). */
  fanOuts: z
    .record(nameSchema(), z.object({ need: needSchema().optional(), rest: restSchema().optional() }))
    .optional(),
  /**
   * A case's own constraints bind: its budget is never above `budgetUsd`, and its agents call no tool that is not among
   * `allowedActions`. They are only told to agents when absent, as in cases of earlier releases.
   */
  constraints: z.literal('bind').optional(),
  /**
   * What goes back, beside words, to another house that handed a case over (H8): writes, decisions, and so much of the
   * working memory of whoever finishes it. Nothing when absent.
   */
  handsBack: z
    .object({
      workingMemory: MemoryAccepted.optional(),
      /** Kinds of personal data masked on the way (X5), and reasons of decisions left out. Absent where nothing is. */
      redact: redactedKindsSchema().optional(),
    })
    .optional(),
  /** Handoffs between agents are sealed by the sending worker and checked by the receiving one; not when absent. */
  signing: z.literal('required').optional(),
  /**
   * Words and values stand in the context store, and references to them in the history; not when absent. `true` is what
   * earlier releases did: the texts of doors alone.
   */
  private: z.union([z.literal('all'), z.literal(true)]).optional(),
  /** Users are told whether an AI or a human speaks to them (U4); not when absent. */
  disclosure: z.literal('required').optional(),
  /** Users are asked how it went once their case is finished (U8); not when absent. */
  feedback: z.literal('asked').optional(),
  /** When cases are handed on, held or taken to people; guards and limits alone decide when absent (P1). */
  policy: policySchema().optional(),
  limits: z.object({
    hops: positive,
    fallbacks: z.int().min(0).max(10),
    repairs: z.int().min(0).max(10),
    corrections: z.int().min(0).max(10),
    turns: positive.max(1_000),
    offerMs: positive,
    /** How long search attributes may trail a case that is handed on, in milliseconds; 0 when absent. */
    shownWithinMs: z.int().min(0).max(60_000).optional(),
    /** Times in a row that a user is asked for missing facts in vain, before people take the case; 3 when absent. */
    clarifications: z.int().min(1).max(10).optional(),
    /** Most that a case may spend on models, in US dollars. Absent where it is not bounded. */
    costUsd: z.number().positive().optional(),
    /** Most tokens of models that a case may take, in and out. */
    tokens: positive.optional(),
    /** Questions of one turn that are worked on side by side; all of them when absent. */
    asksAtOnce: positive.max(ASKS_PER_TURN).optional(),
  }),
});
/**
 * A team as plain data. A case resolves its team by name in its first step, so the manifest stands in its history:
 * a running case keeps the versions, edges and limits it began with.
 */
export type TeamManifest = z.output<typeof Manifest>;

/** Validates a manifest. Failures: `VERSION_UNSUPPORTED`, `INPUT_TOO_LARGE`, `TEAM_INVALID`. */
export function parseTeamManifest(value: unknown): Parsed<TeamManifest> {
  const version = refuseVersion(value, 'team');
  if (version) return { ok: false, failure: version };
  return parseWith(Manifest, value, 'team', {
    bytes: PAYLOAD_BYTES,
    code: 'TEAM_INVALID',
    depth: 2 * JSON_DEPTH,
  });
}
/** Digest that names a manifest. */
export function manifestDigest(manifest: TeamManifest): string {
  return digestOf(manifest);
}
/** The manifest's schema, for JSON Schema outside the sandbox. */
export function teamManifestSchema(): typeof Manifest {
  return Manifest;
}
