import { CancelledFailure, Context } from '@temporalio/activity';
import { applicationFailure } from '../contract/application-failure.ts';
import type { Recorded, TurnInput, TurnOutput } from '../contract/activities.ts';
import type { Envelope } from '../contract/envelope.ts';
import { getOwn } from '../contract/json.ts';
import type { JsonObject } from '../contract/json.ts';
import { failure, type Failure } from '../contract/failures.ts';
import { lostInNote } from '../contract/model-usage.ts';
import type { Parsed } from '../contract/parse.ts';
import type { Acknowledgement } from '../contract/message-shapes.ts';
import { cutText } from '../contract/text.ts';
import { parseAgentTurn } from '../contract/turn.ts';
import type { AgentTurn } from '../contract/turn.ts';
import { workingMemoryOf } from '../contract/working-memory.ts';
import type { BreakerStore, ContextStore, LedgerStore } from '../contract/ports.ts';
import type { ToolRates } from '../contract/rates.ts';
import type { TeamManifest } from '../contract/team.ts';
import type { TenantBudgets } from '../contract/tenant-budget.ts';
import type { DetectLanguage } from './language/detect-language.ts';
import { findReservedName, referenceOf, referencesIn } from '../contract/reference-fact.ts';
import { acknowledgeIfSlow, acknowledgementOf } from './acknowledge.ts';
import type { Agent, Answer, Surroundings, Taken, Turn } from './agent.ts';
import { checkSeal } from './check-seal.ts';
import { classifyFailure } from './classify-failure.ts';
import { depart, factsToCut, mayCross, receiversOf, withQuestionsResolved } from './context/depart.ts';
import { resolveFacts } from './context/facts-by-reference.ts';
import { keepCrossed, keepRefusal, keepTurn, openPrivacy, type Privacy } from './context/keep-private.ts';
import { keepThrown } from './context/keep-thrown.ts';
import { asSeen, withTexts, withValues } from './context/read-envelope.ts';
import { receive, type Received } from './context/receive.ts';
import type { Summarise } from './context/summarise.ts';
import { checkEnvelope, enter, schemaOf } from './entry-edge.ts';
import { leave } from './exit-edge.ts';
import { handBack } from './hand-back.ts';
import { contextCaseOf } from './context/converse.ts';
import { withLost } from './models/attempts.ts';
import type { ModelSettings } from './models/model-settings.ts';
import { countForgotten, memoryToCut, refuseStated } from './memory-edge.ts';
import { noteOfThisAttempt, startHeartbeat } from './heartbeat.ts';
import { lackingIn, lookForNeeds, withTold } from './needs.ts';
import { tellAnswered } from './readiness/read-readiness.ts';
import { recordRows } from './record-rows.ts';
import type { Registry } from './registry.ts';
import { downcastAnswer, renamesOf, schemaBefore, upcastFacts } from './version-skew.ts';
import { sealCrossing, type Signing } from './seal.ts';

/** What turns need of the world. */
export interface TurnDependencies {
  readonly registry: Registry;
  readonly ledger: LedgerStore;
  readonly context: ContextStore | undefined;
  readonly summarise: Summarise;
  readonly signing: Signing | undefined;
  readonly signatures?: 'required' | undefined;
  readonly detectLanguage: DetectLanguage;
  readonly models: ModelSettings;
  readonly breakers?: BreakerStore | undefined;
  readonly rates?: ToolRates | undefined;
  readonly budgets?: TenantBudgets | undefined;
}

/**
 * One turn of an agent, as activity `turn` or, the first after a handoff, `handoff`: record, validate, acknowledge,
 * work, validate, cut. Declining is possible only before the acknowledgement.
 */
export async function runTurn(
  dependencies: TurnDependencies,
  input: TurnInput,
): Promise<TurnOutput & Recorded> {
  const stopHeartbeat = startHeartbeat();
  try {
    return await takeTurn(dependencies, input);
  } catch (thrown) {
    throw stoppedWith(thrown);
  } finally {
    stopHeartbeat();
  }
}

/** A turn that its case has stopped says what its model may have taken: the case is told, and no attempt follows. */
function stoppedWith(thrown: unknown): unknown {
  const { cancellationDetails } = Context.current();
  const lost = lostInNote(noteOfThisAttempt());
  if (cancellationDetails?.cancelRequested !== true || !lost || lost.calls === 0) return thrown;
  return new CancelledFailure('the case no longer wants the answer', [{ lost }]);
}

async function takeTurn(dependencies: TurnDependencies, sent: TurnInput): Promise<TurnOutput & Recorded> {
  const { registry } = dependencies;
  const agent = registry.agent(sent.team, sent.agent, sent.agentVersion);
  const manifest = await registry.manifest(sent.manifest);
  const arrived = await checkSeal(dependencies, sent, checkEnvelope(sent));
  // Beside the agent's work, which nothing outside sees before this has ended: an agent returns intents only (I9).
  const recording = recordRows(dependencies.ledger, sent);
  // Awaited below in every case; a refusal that comes while the agent works is no stray one.
  recording.catch(() => undefined);
  let privacy: Privacy | undefined;
  try {
    privacy = await openPrivacy(dependencies.context, manifest, sent);
    const house = { ...dependencies, agent, manifest, recording, privacy };
    const output = await answerTurn(house, sent, arrived);
    await privacy?.write();
    if (output.kind === 'turned' || output.kind === 'lacking')
      await tellAnswered(dependencies.breakers, manifest, sent);
    return { ...output, ...(await recording) };
  } catch (thrown) {
    await recording;
    throw privacy ? await keepThrown(privacy, thrown) : thrown;
  }
}

/** What one turn is taken with. */
interface TurnHouse extends TurnDependencies {
  readonly agent: Agent;
  /** The one that the case is pinned to. */
  readonly manifest: TeamManifest;
  /** The rows that came along, on their way into the store. */
  readonly recording: Promise<Recorded>;
  /** With which words are kept, in a private team. */
  readonly privacy: Privacy | undefined;
}

async function answerTurn(
  house: TurnHouse,
  sent: TurnInput,
  arrived: Parsed<Envelope>,
): Promise<TurnOutput & Pick<Recorded, 'keptThrough'>> {
  const output = await takenTurn(house, sent, arrived);
  return house.privacy ? { ...output, ...keepRefusal(house.privacy, output) } : output;
}

async function takenTurn(
  house: TurnHouse,
  sent: TurnInput,
  arrived: Parsed<Envelope>,
): Promise<TurnOutput & Pick<Recorded, 'keptThrough'>> {
  if (!arrived.ok) return notEntered(sent, arrived);
  const { agent, context, manifest, privacy, detectLanguage, models, recording } = house;
  // After the digest, which is that of the envelope as it was sent.
  const input = manifest.private === undefined ? sent : await withTexts(context, sent);
  const envelope = asSeen(arrived.value, input.envelope);
  const renames = renamesOf(agent, sent.agentVersion);
  const accepts = schemaBefore(renames, schemaOf(agent));
  const received = await receive({ context, manifest, privacy }, input, envelope, accepts);
  const { info, cancellationSignal: signal } = Context.current();
  const { offer } = input;
  const upcast = upcastFacts(renames, received.facts);
  const told = upcast.ok
    ? lookForNeeds(
        agent,
        getOwn(manifest.agents, input.agent),
        input,
        { facts: upcast.value, conversation: received.conversation, user: envelope.user },
        renames,
      )
    : undefined;
  const entered = upcast.ok
    ? enter(
        agent,
        input,
        {
          ...received,
          facts: { ...upcast.value, ...told?.facts },
          envelope: privacy ? withValues(envelope, received) : envelope,
        },
        { attempt: info.attempt, signal, detectLanguage, missing: told?.missing ?? [] },
      )
    : upcast;
  const { keptThrough } = received;
  const kept = keptThrough === undefined ? {} : { keptThrough };
  if (!entered.ok) return { ...notEntered(input, entered), ...kept };
  if (told && told.missing.length > 0) {
    const { language } = entered.value;
    return {
      ...lackingIn(renames, told),
      ...(offer ? { acknowledgement: acknowledgementOf(offer, info.attempt, received.arrived) } : {}),
      ...(language === undefined ? {} : { language }),
      ...kept,
    };
  }
  const reason = offer && agent.declines(entered.value);
  if (reason !== undefined)
    return { kind: 'declined', failure: failure('OFFER_DECLINED', cutText(reason, 500)), ...kept };
  const acknowledgement = offer && acknowledgementOf(offer, info.attempt, received.arrived);
  const surroundings: Surroundings = {
    manifest,
    context,
    owner: contextCaseOf(input),
    thread: input.thread,
    models,
    readPrompt: (pinned) => house.registry.prompt(pinned),
    allowance: input.allowance,
    budgets: house.budgets,
    remote: input.remote,
  };
  const { language } = entered.value;
  const taken = await work(agent, entered.value, surroundings, { acknowledgement, recording });
  if (taken.kind === 'declined') return { kind: 'declined', failure: taken.failure, ...kept };
  const acknowledged = acknowledgement ? { acknowledgement } : {};
  if (taken.kind === 'waiting') {
    const { remote, pauseMs } = taken;
    return { kind: 'waiting', remote, pauseMs, ...acknowledged, ...kept };
  }
  const output: TurnOutput =
    taken.kind === 'refused'
      ? { kind: 'invalid', failure: taken.failure }
      : await conclude(house, input, received, downcastAnswer(renames, withTold(taken.answer, told)));
  return {
    ...output,
    ...(language === undefined ? {} : { language }),
    ...acknowledged,
    ...(taken.remote ? { remote: taken.remote } : {}),
    ...(taken.thread ? { thread: taken.thread } : {}),
    ...(taken.usage ? { usage: taken.usage } : {}),
    ...kept,
  };
}

/** A receiver that cannot read what it is offered declines; an owner has nobody to decline to. */
function notEntered(
  input: TurnInput,
  refusal: { readonly ok: false; readonly failure: Failure },
): TurnOutput {
  if (input.offer) return { kind: 'declined', failure: refusal.failure };
  throw applicationFailure(refusal.failure);
}

/** Lets the agent work. A quick one answers and acknowledges at once; for a slow one the acknowledgement goes ahead. */
async function work(
  agent: Agent,
  turn: Turn<JsonObject>,
  surroundings: Surroundings,
  {
    acknowledgement,
    recording,
  }: Pick<TurnHouse, 'recording'> & { readonly acknowledgement: Acknowledgement | undefined },
): Promise<Taken> {
  // An agent elsewhere has not accepted because our request to it takes its time.
  const stopAcknowledging =
    acknowledgement && !agent.remote
      ? acknowledgeIfSlow(acknowledgement, recording)
      : () => Promise.resolve();
  try {
    return await agent.take(turn, surroundings);
  } catch (thrown) {
    const { retry = [], human = [] } = agent.definition.failures ?? {};
    throw withLost(thrown, (cause) => classifyFailure(cause, { retry, human, signal: turn.signal }));
  } finally {
    await stopAcknowledging();
  }
}

/** The exit edge: the answer is validated, cut to its receiver, measured, summed up, and lightened. */
async function conclude(
  house: TurnHouse,
  input: TurnInput,
  received: Received,
  answer: Answer,
): Promise<TurnOutput> {
  const { registry, context, manifest } = house;
  const parsed = parseAgentTurn({ version: '1.0.0', ...answer });
  if (!parsed.ok) return { kind: 'invalid', failure: parsed.failure };
  const forged = whereReserved(parsed.value, input.envelope);
  if (forged !== undefined) {
    const problem = failure('AGENT_OUTPUT_INVALID', `${forged}: this name is reserved for Baton`, forged);
    return { kind: 'invalid', failure: problem };
  }
  const targets = receiversOf(parsed.value, input.envelope, manifest);
  const resolve = (some: JsonObject): Promise<JsonObject> =>
    resolveFacts(context, input, some, (name) =>
      targets.some((target) => mayCross(manifest, input.agent, target, name)),
    );
  const turn = await withQuestionsResolved(parsed.value, resolve);
  const facts = await resolve(factsToCut(received, turn));
  const carried = { facts, memory: memoryToCut(received.memory, turn) };
  const back = handBack(turn, input, carried.memory, manifest);
  if (back.kind === 'refused') return { kind: 'invalid', failure: back.failure };
  const leaving = leave(turn, input, carried, manifest, (name) => {
    const receiver = getOwn(registry.team(input.team).agents, name);
    // Another version's schema says nothing of what the pinned one accepts (F21).
    return receiver?.version === getOwn(manifest.agents, name)?.version ? receiver : undefined;
  });
  const left = await depart(house, input, received, manifest, leaving);
  const unkept = refuseStated(house.agent, input.envelope, turn, left.turn);
  if (unkept) return { kind: 'invalid', failure: unkept };
  const forgotten = countForgotten(input.envelope, turn);
  const from = { agent: input.agent, given: input.envelope.memory.facts };
  const departed = house.privacy ? keepTurn(house.privacy, from, left) : left;
  const handsBack = back.kind === 'crossing' ? back.crossing : undefined;
  return {
    kind: 'turned',
    ...departed,
    ...(forgotten > 0 ? { forgotten } : {}),
    ...(handsBack ? { handsBack: house.privacy ? keepCrossed(house.privacy, handsBack) : handsBack } : {}),
    ...sealCrossing(house.signing, manifest, input, departed.crossing),
  };
}

/** Where an answer refers to what its agent was not given: only an edge may write references. */
function whereReserved(turn: AgentTurn, { memory }: Envelope): string | undefined {
  const { intent } = turn;
  const added = 'facts' in intent ? intent.facts : {};
  const asked = intent.kind === 'fan-out' ? intent.asks : [];
  const given = [memory.facts, workingMemoryOf(memory).partialResults ?? {}];
  const known = new Set(
    given.flatMap((one) => [...referencesIn(one).values()].map((reference) => reference.digest)),
  );
  const own = (facts: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(facts).filter(([, value]) => !known.has(referenceOf(value)?.digest ?? '')),
    );
  const results = turn.workingMemory?.partialResults ?? {};
  return (
    findReservedName(own(turn.facts), 'turn.facts') ??
    findReservedName(own(added), 'intent.facts') ??
    asked
      .map((one, index) => findReservedName(own(one.facts), `intent.asks.${String(index)}.facts`))
      .find((name) => name !== undefined) ??
    findReservedName(own(results), 'workingMemory.partialResults')
  );
}
