import type {
  AskedQuestion,
  ConversationAlong,
  Offer,
  RecordInput,
  TurnInput,
} from '../../contract/activities.ts';
import type { EffectEntry, Envelope, Transfer } from '../../contract/envelope.ts';
import { stepKey } from '../../contract/keys.ts';
import { EFFECT_ENTRIES, PROVENANCE_ENTRIES } from '../../contract/limits.ts';
import type { AgentManifest } from '../../contract/team.ts';
import type { ActivityPlan } from '../events.ts';
import type { AskFrame, CaseState, OwnerMemory } from '../state.ts';
import { actorMemory, actorOf, topAsk } from '../asks.ts';
import { remoteOf, toldOf } from '../remotes.ts';
import { allowanceOf } from './spend.ts';
import { manifestOf, memoryOf } from '../state.ts';

/**
 * How long work may wait for a worker of its pool before a person is told. Deploys and restarts are shorter; an
 * offer has a deadline of its own.
 */
const PATIENCE_MS = 600_000;

/** Attempts of an undo at least: with doubling pauses of up to 5 s, it outlives an outage of some 15 s. */
const UNDO_ATTEMPTS = 8;

/** The manifest of an agent the core knows to exist. */
export function agentOf(state: CaseState, name: string): AgentManifest {
  const { agents } = manifestOf(state);
  const agent = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (!agent) throw new RangeError(`no agent ${name} in the manifest`);
  return agent;
}

/** The envelope for an owner: what it may know, and nothing of what others keep (I6). */
export function composeEnvelope(
  state: CaseState,
  what: {
    readonly agent: string;
    readonly step: number;
    readonly name: string;
    readonly memory: OwnerMemory;
    readonly transfer: Transfer | undefined;
  },
): Envelope {
  return {
    version: '1.0.0',
    idempotencyKey: stepKey(state.trace, what.step, what.name),
    trace: state.trace,
    step: what.step,
    provenance: state.provenance.slice(-PROVENANCE_ENTRIES),
    effects: state.effects.slice(-EFFECT_ENTRIES).map(effectEntryOf),
    failureModes: agentOf(state, what.agent).failures,
    memory: memoryInEnvelope(what.memory),
    task: state.task,
    ...(what.transfer ? { transfer: what.transfer } : {}),
    ...(state.handedOver ? { handedOver: state.handedOver } : {}),
    ...(state.user ? { user: state.user as NonNullable<Envelope['user']> } : {}),
    ...(state.channel === undefined ? {} : { channel: state.channel }),
    ...(state.locale === undefined ? {} : { locale: state.locale }),
  };
}

/** An effect as the side-effect manifest lists it. */
export function effectEntryOf({ key, step, agent, tool, status, undo }: EffectEntry): EffectEntry {
  return { key, step, agent, tool, status, undo };
}

function memoryInEnvelope({ intent, facts, recordsRead, partialResults }: OwnerMemory): Envelope['memory'] {
  return {
    ...(intent === undefined ? {} : { intent }),
    facts: facts as Envelope['memory']['facts'],
    recordsRead: [...recordsRead],
    ...(partialResults ? { partialResults } : {}),
  };
}

/** What identifies a case to any activity. */
export function composeContext(
  state: CaseState,
): Omit<
  TurnInput,
  | 'rows'
  | 'agent'
  | 'agentVersion'
  | 'turn'
  | 'envelope'
  | 'conversation'
  | 'kept'
  | 'answeredUpTo'
  | 'answers'
  | 'notices'
  | 'offer'
  | 'missing'
  | 'thread'
  | 'asked'
  | 'allowance'
  | 'remote'
> {
  return {
    version: '1.0.0',
    caseId: state.caseId,
    trace: state.trace,
    team: state.team,
    manifest: state.manifestDigest,
    // Under whose key the activities keep words; others do not need it.
    ...(state.manifest?.private === 'all' && state.user?.id !== undefined ? { person: state.user.id } : {}),
  };
}

/** What travels of the conversation: all of the window, or what the context store does not have yet. */
function composeConversation(state: CaseState): ConversationAlong {
  const { transcript, kept } = state;
  return kept === undefined
    ? { conversation: transcript }
    : { conversation: transcript.filter((message) => message.sequence > kept.through), kept };
}

/** Input of a flush: who asks, and the messages that the context store does not have yet. */
export function composeRecord(state: CaseState): Omit<RecordInput, 'rows'> {
  if (state.kept === undefined) return composeContext(state);
  const person = state.user?.id;
  return {
    ...composeContext(state),
    ...composeConversation(state),
    ...(person === undefined ? {} : { person }),
  };
}

/** Input of a turn. Answers and notices go to the owner only; a receiver starts with the conversation. */
export function composeTurn(
  state: CaseState,
  agent: string,
  envelope: Envelope,
  offer?: Offer,
): Omit<TurnInput, 'rows'> {
  const asked = offer ? undefined : topAsk(state);
  const { thread } = asked?.memory ?? memoryOf(state, agent);
  const allowance = allowanceOf(state);
  const remote = remoteOf(state, agent, asked?.id);
  return {
    ...composeContext(state),
    agent,
    agentVersion: agentOf(state, agent).version,
    turn: state.turns,
    envelope: asked ? envelopeOfQuestion(envelope, asked) : envelope,
    ...(asked ? { conversation: [], asked: questionOf(asked) } : composeConversation(state)),
    answeredUpTo: state.answeredUpTo,
    answers: offer ? [] : state.answers,
    notices: offer ? [] : state.notices,
    ...(offer ? { offer } : {}),
    ...(offer || asked || !state.clarification ? {} : { missing: state.clarification.asked }),
    ...(thread ? { thread } : {}),
    ...(allowance ? { allowance } : {}),
    ...(remote ? { remote: toldOf(remote) } : {}),
  };
}

/**
 * Input of a turn in which a person asks the agent at work about a review of its own. It knows what it knew when it
 * asked for the review; its thread with a model goes on afterwards as if this had not been said.
 */
export function composeInquiry(
  state: CaseState,
  envelope: Envelope,
  asked: AskedQuestion,
  answers: TurnInput['answers'],
): Omit<TurnInput, 'rows'> {
  const agent = actorOf(state);
  const frame = topAsk(state);
  const { thread } = actorMemory(state);
  const allowance = allowanceOf(state);
  return {
    ...composeContext(state),
    agent,
    agentVersion: agentOf(state, agent).version,
    turn: state.turns,
    envelope: frame ? envelopeOfQuestion(envelope, frame) : envelope,
    ...(frame ? { conversation: [] } : composeConversation(state)),
    answeredUpTo: state.answeredUpTo,
    answers,
    notices: [],
    asked,
    ...(thread ? { thread } : {}),
    ...(allowance ? { allowance } : {}),
  };
}

function questionOf({ id, by, reasonCode, question, fanOut }: AskFrame): AskedQuestion {
  return { askId: id, by, reasonCode, question, ...(fanOut === undefined ? {} : { fanOut }) };
}

/** Whoever is asked has the question for its task, and of the case and its user only what crossed (I6). */
function envelopeOfQuestion(envelope: Envelope, { question }: AskFrame): Envelope {
  const { version, idempotencyKey, trace, step, effects, failureModes, memory, channel, locale } = envelope;
  return {
    ...{ version, idempotencyKey, trace, step, effects, failureModes, memory },
    provenance: [],
    task: {
      ...envelope.task,
      ...{ definition: question, acceptance: [], completed: [], remaining: [], unable: [] },
    },
    ...(channel === undefined ? {} : { channel }),
    ...(locale === undefined ? {} : { locale }),
  };
}

/** How a turn of an agent runs. */
export function planTurn(agent: AgentManifest, summary: string): ActivityPlan {
  return {
    queue: agent.queue,
    summary,
    timeoutMs: agent.turnTimeoutMs,
    patienceMs: PATIENCE_MS,
    retry: agent.retry,
    ...(agent.metering ? { metered: true as const } : {}),
  };
}

/**
 * How an undo runs: with more patience than the effect had, because a compensation given up is a person's work.
 */
export function planUndo(agent: AgentManifest, tool: string, summary: string): ActivityPlan {
  const plan = planCall(agent, tool, summary);
  return { ...plan, retry: { ...plan.retry, attempts: Math.max(plan.retry.attempts, UNDO_ATTEMPTS) } };
}

/** How a call of a tool runs: on the pool of the agent it belongs to. */
export function planCall(agent: AgentManifest, tool: string, summary: string): ActivityPlan {
  const manifest = Object.hasOwn(agent.tools, tool) ? agent.tools[tool] : undefined;
  if (!manifest) throw new RangeError(`agent ${agent.name} has no tool ${tool}`);
  return {
    queue: agent.queue,
    summary,
    timeoutMs: manifest.timeoutMs,
    patienceMs: PATIENCE_MS,
    retry: manifest.retry,
    ...(manifest.rate ? { limited: true } : {}),
  };
}
