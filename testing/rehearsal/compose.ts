import type { CallInput, Crossing, TurnInput } from '../../contract/activities.ts';
import { edgeBehind } from '../../contract/edges.ts';
import type { Envelope, Transfer } from '../../contract/envelope.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { stepKey } from '../../contract/keys.ts';
import { kindsRedactedBetween } from '../../contract/redaction.ts';
import { envelopeDigest } from '../../contract/seal.ts';
import type { AgentManifest, TeamManifest } from '../../contract/team.ts';
import type { AgentTurn, Call } from '../../contract/turn.ts';
import type { Line } from './line.ts';
import type { Place } from './place.ts';
import type { RehearsedInput } from './rehearsal.ts';

/** The task of whoever has the case, or of whoever is asked. */
export function taskOf(definition: string): Envelope['task'] {
  return { definition, constraints: {}, acceptance: [], completed: [], remaining: [], unable: [] };
}

/** The manifest of an agent. @throws BatonError `AGENT_UNKNOWN` */
export function manifestOf({ agents }: TeamManifest, name: string): AgentManifest {
  const agent = getOwn(agents, name);
  if (agent) return agent;
  throw new BatonError(failure('AGENT_UNKNOWN', `${name} is not in the team`));
}

/** The next turn of a line, as its case would send it; with an offer where it is a receiver's first. */
export function composeTurn(
  { around }: Pick<Place, 'around'>,
  line: Line,
  { answers = [], notices = [] }: RehearsedInput,
  what: {
    readonly agent: AgentManifest;
    readonly turn: number;
    readonly step: number;
    readonly offered: boolean;
  },
): TurnInput {
  const { asked, transfer, thread } = line;
  const { agent, turn, step, offered } = what;
  const envelope: Envelope = {
    version: '1.0.0',
    idempotencyKey: stepKey(around.trace, step, offered ? 'handoff' : `turn ${String(turn)}`),
    trace: around.trace,
    step,
    provenance: [],
    effects: [],
    failureModes: agent.failures,
    memory: { facts: line.facts, ...line.memory } as Envelope['memory'],
    task: line.task,
    ...(transfer ? { transfer } : {}),
  };
  return {
    ...around,
    agent: line.agent,
    agentVersion: agent.version,
    turn,
    envelope,
    conversation: line.conversation,
    answeredUpTo: line.answeredUpTo,
    answers,
    notices,
    ...(asked ? { asked } : {}),
    ...(thread ? { thread } : {}),
    ...(offered && transfer
      ? { offer: { handoffId: transfer.handoffId, epoch: 1, digest: envelopeDigest(envelope) } }
      : {}),
  };
}

/** A call of a tool of an agent, by a key of its own. */
export function composeCall(
  { around }: Pick<Place, 'around'>,
  { agent }: Line,
  call: Call,
  step: number,
): CallInput {
  const { tool, id: callId } = call;
  return {
    ...around,
    ...{ agent, tool, callId, arguments: call.arguments },
    key: stepKey(around.trace, step, tool),
    epoch: 1,
  };
}

/**
 * Where a receiver stands once a case is handed over to it, as far as edges say.
 * @throws BatonError `TARGET_UNKNOWN`, `EDGE_MISSING`, and what the exit edge refuses it with; RangeError where nothing is handed over to an agent
 */
export function handedOver(
  line: Line,
  { intent }: AgentTurn,
  crossing: Crossing | undefined,
  manifest: TeamManifest,
): Line {
  if (intent.kind !== 'transfer' && intent.kind !== 'return')
    throw new RangeError(`${line.agent} hands nothing over to an agent: its turn came to ${intent.kind}`);
  const to = intent.kind === 'transfer' ? intent.to : line.transfer?.from;
  if (to === undefined || !getOwn(manifest.agents, to))
    throw new BatonError(failure('TARGET_UNKNOWN', JSON.stringify(to ?? null), 'intent.to'));
  if (intent.kind === 'transfer' && !edgeBehind(manifest, line.agent, to, intent.kind))
    throw new BatonError(failure('EDGE_MISSING', `${line.agent} -> ${to}`, 'intent.to'));
  if (crossing?.failure) throw new BatonError(crossing.failure);
  const { kind: verb, reasonCode, explanation, completed, remaining, unable } = intent;
  const kinds = kindsRedactedBetween(manifest, line.agent, to, verb);
  const through = line.conversation.at(-1)?.sequence ?? 0;
  const walls: NonNullable<Transfer['walls']> = [
    ...(line.transfer?.walls ?? []),
    ...(kinds.length > 0 ? [{ after: -1, through, kinds: [...kinds] }] : []),
  ];
  return {
    ...{ agent: to, askers: [], askedFor: [], answeredUpTo: line.answeredUpTo },
    conversation: line.conversation,
    facts: crossing?.facts ?? {},
    memory: crossing?.memory?.crossed ?? {},
    task: { ...line.task, completed, remaining, unable },
    transfer: {
      handoffId: 'h1',
      ...{ verb, from: line.agent, to, reasonCode, explanation },
      ...(crossing?.summary ? { summary: crossing.summary } : {}),
      path: [...(line.transfer?.path ?? []), line.agent],
      ...(walls.length > 0 ? { walls } : {}),
    },
  };
}
