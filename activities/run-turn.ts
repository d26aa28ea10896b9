import { Context } from '@temporalio/activity';
import { applicationFailure } from '../contract/application-failure.ts';
import type { Offer, Recorded, TurnInput, TurnOutput } from '../contract/activities.ts';
import { getOwn } from '../contract/json.ts';
import type { JsonObject } from '../contract/json.ts';
import { failure } from '../contract/failures.ts';
import { ACKNOWLEDGE_AFTER_MS } from '../contract/limits.ts';
import type { Acknowledgement } from '../contract/message-shapes.ts';
import { cutText } from '../contract/text.ts';
import { parseAgentTurn } from '../contract/turn.ts';
import type { LedgerStore } from '../contract/ports.ts';
import type { Agent, Answer, Turn } from './agent.ts';
import { classifyFailure } from './classify-failure.ts';
import { enter } from './entry-edge.ts';
import { leave } from './exit-edge.ts';
import { startHeartbeat } from './heartbeat.ts';
import { recordRows } from './record-rows.ts';
import type { Registry } from './registry.ts';

/** What turns need of the world. */
export interface TurnDependencies {
  readonly registry: Registry;
  readonly ledger: LedgerStore;
}

/**
 * One turn of an agent, as activity `turn` or, the first after a handoff, `handoff`: record, validate, acknowledge,
 * work, validate, cut. Declining is possible only before the acknowledgement.
 */
export async function runTurn(
  dependencies: TurnDependencies,
  input: TurnInput,
): Promise<TurnOutput & Recorded> {
  const recordedThrough = await recordRows(dependencies.ledger, input.rows);
  const agent = dependencies.registry.agent(input.team, input.agent, input.agentVersion);
  const { info, cancellationSignal } = Context.current();
  const entered = enter(agent, input, info.attempt, cancellationSignal);
  const { offer } = input;
  if (!entered.ok) {
    if (offer) return { kind: 'declined', failure: entered.failure, recordedThrough };
    throw applicationFailure(entered.failure);
  }
  const reason = offer && agent.declines(entered.value);
  if (reason !== undefined) {
    return {
      kind: 'declined',
      failure: failure('OFFER_DECLINED', cutText(reason, 500)),
      recordedThrough,
    };
  }
  const acknowledgement = offer && acknowledgementOf(offer, info.attempt);
  const answer = await work(agent, entered.value, acknowledgement);
  return {
    ...(await conclude(dependencies.registry, input, answer)),
    ...(acknowledgement ? { acknowledgement } : {}),
    recordedThrough,
  };
}

function acknowledgementOf(offer: Offer, attempt: number): Acknowledgement {
  return { handoffId: offer.handoffId, offerEpoch: offer.epoch, attempt, digest: offer.digest };
}

/** Lets the agent work. A quick one answers and acknowledges at once; for a slow one the acknowledgement goes ahead. */
async function work(
  agent: Agent,
  turn: Turn<JsonObject>,
  acknowledgement: Acknowledgement | undefined,
): Promise<Answer> {
  const stopHeartbeat = startHeartbeat();
  const stopAcknowledging = acknowledgement ? acknowledgeIfSlow(acknowledgement) : () => Promise.resolve();
  try {
    return await agent.run(turn);
  } catch (thrown) {
    throw classifyFailure(thrown, {
      retry: agent.definition.failures?.retry ?? [],
      human: agent.definition.failures?.human ?? [],
      signal: turn.signal,
    });
  } finally {
    stopHeartbeat();
    await stopAcknowledging();
  }
}

/** @returns waits for a signal under way, so that none arrives after the turn has ended */
function acknowledgeIfSlow(acknowledgement: Acknowledgement): () => Promise<void> {
  const context = Context.current();
  let sending: Promise<void> = Promise.resolve();
  const timer = setTimeout(() => {
    const execution = context.info.workflowExecution;
    if (!execution) return;
    // A lost signal costs nothing but time: the result carries the acknowledgement as well.
    sending = context.client.workflow
      .getHandle(execution.workflowId, execution.runId)
      .signal('accepted', acknowledgement)
      .catch(() => undefined);
  }, ACKNOWLEDGE_AFTER_MS);
  return async () => {
    clearTimeout(timer);
    await sending;
  };
}

async function conclude(registry: Registry, input: TurnInput, answer: Answer): Promise<TurnOutput> {
  const parsed = parseAgentTurn({ version: '1.0.0', ...answer });
  if (!parsed.ok) return { kind: 'invalid', failure: parsed.failure };
  const manifest = await registry.manifest(input.manifest);
  const leaving = leave(parsed.value, input, manifest, (name) =>
    getOwn(registry.team(input.team).agents, name),
  );
  return { kind: 'turned', ...leaving };
}
