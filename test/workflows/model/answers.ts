import { leave } from '../../../activities/exit-edge.ts';
import { memoryToCut } from '../../../activities/memory-edge.ts';
import type { TurnInput, TurnOutput } from '../../../contract/activities.ts';
import { failure, type FailureCode } from '../../../contract/failures.ts';
import type { JsonObject } from '../../../contract/json.ts';
import type { Acknowledgement } from '../../../contract/message-shapes.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import { parseAgentTurn, type AgentTurnInput } from '../../../contract/turn.ts';
import { workingMemoryOf } from '../../../contract/working-memory.ts';
import type { CaseEvent, Step, Trouble } from '../../../workflows/events.ts';
import { readinessBy, reported } from './breakers.ts';
import type { Chance } from './chance.ts';
import { directoryAnswer } from './people.ts';
import { lostOf, tookOf } from './metered.ts';
import { statedBy } from './stated.ts';
import { AGENTS, FACTS, POOLS } from './teams.ts';
import { fetched, signalsOf } from './policies.ts';
import { answerOnReview, questionOf } from './questions.ts';
import { lackingOf, missingIn } from './missing.ts';
import { recordedBy, type Outstanding, type World } from './world.ts';

/** How the world behaves: `wild` does anything that can happen, `kind` what one would hope for. */
export type Temper = 'wild' | 'kind';

type TurnStep = Extract<Step, { kind: 'turn' | 'handoff' }>;
type CallStep = Extract<Step, { kind: 'look' | 'preview' | 'effect' | 'undo' }>;

/** The end of an activity as the performer reports it: how far the ledger got, then what came of it. */
export function answer(
  world: World,
  one: Outstanding,
  manifest: TeamManifest,
  chance: Chance,
  temper: Temper,
  now: number,
): readonly CaseEvent[] {
  const { step } = one;
  switch (step.kind) {
    case 'resolve-team':
      return temper === 'wild' && chance.maybe(5)
        ? [{ kind: 'team-failed', trouble: troubleOf('TEAM_UNKNOWN') }]
        : [{ kind: 'team-resolved', manifest }];
    case 'record':
      if (temper === 'wild' && chance.maybe(2)) {
        world.ledgerRefused = true;
        return [{ kind: 'record-failed', trouble: troubleOf('LEDGER_DIVERGED') }];
      }
      return [recordedBy({ ...world, storeDown: false }, one)];
    case 'assess':
      return [
        temper === 'wild' && chance.maybe(10)
          ? { kind: 'assessed', sequence: step.sequence }
          : { kind: 'assessed', sequence: step.sequence, signals: signalsOf(chance) },
      ];
    case 'consult': {
      const { pool, occasion } = step.input;
      return temper === 'wild' && chance.maybe(5)
        ? [{ kind: 'consult-failed', pool, trouble: troubleOf('PAYLOAD_UNDECODABLE') }]
        : [{ kind: 'consulted', pool, occasion, answer: directoryAnswer(step.input, chance) }];
    }
    case 'read-door-keys':
      return [{ kind: 'door-keys-read', keys: [] }];
    case 'fetch-policy':
      return [fetched(step.input, manifest, chance)];
    case 'look-at':
      return [{ kind: 'looked-at', lookId: step.lookId, readiness: readinessBy(chance, temper, now) }];
    case 'report-failure':
      return [reported(step.input, chance)];
    case 'turn':
    case 'handoff':
      return answerTurn(world, one, step, manifest, chance, temper);
    case 'look':
    case 'preview':
    case 'effect':
    case 'undo':
      return answerCall(world, one, step, chance, temper);
  }
}

function troubleOf(code: FailureCode): Trouble {
  return { failure: failure(code, 'the model says so') };
}

function answerTurn(
  world: World,
  one: Outstanding,
  step: TurnStep,
  manifest: TeamManifest,
  chance: Chance,
  temper: Temper,
): readonly CaseEvent[] {
  const { turnId, input } = step;
  const lost = tookOf(step, manifest).usage ? { lost: lostOf(step, manifest) } : {};
  if (one.stopped && chance.maybe(70))
    return [{ kind: 'turn-failed', turnId, trouble: { ...troubleOf('AGENT_FAILED'), ...lost } }];
  const lacks = lackingOf(input, manifest, chance, temper);
  if (lacks) {
    const output = { ...lacks, ...(input.offer ? { acknowledgement: acknowledgementOf(input.offer) } : {}) };
    return [recordedBy(world, one), { kind: 'turn-ended', turnId, output }];
  }
  const outcome =
    temper === 'kind'
      ? 'turned'
      : chance.weighted([
          [70, 'turned'],
          [8, 'failed'],
          [7, 'invalid'],
          [step.kind === 'handoff' ? 25 : 2, 'declined'],
        ] as const);
  if (outcome === 'failed') {
    const code = chance.pick(['AGENT_FAILED', 'AGENT_NEEDS_PERSON', 'NO_WORKER', 'INPUT_TOO_LARGE'] as const);
    return [{ kind: 'turn-failed', turnId, trouble: { ...troubleOf(code), ...lost } }];
  }
  const recorded = recordedBy(world, one);
  const acknowledgement = input.offer ? { acknowledgement: acknowledgementOf(input.offer) } : {};
  switch (outcome) {
    case 'declined':
      return [
        recorded,
        { kind: 'turn-ended', turnId, output: { kind: 'declined', failure: failure('OFFER_DECLINED') } },
      ];
    case 'invalid': {
      const invalid = { kind: 'invalid', failure: failure('AGENT_OUTPUT_INVALID') } as const;
      const output = { ...invalid, ...acknowledgement, ...tookOf(step, manifest) };
      return [recorded, { kind: 'turn-ended', turnId, output }];
    }
    case 'turned': {
      const output = turned(input, manifest, chance, temper);
      const whole = { ...output, ...acknowledgement, ...tookOf(step, manifest) };
      return [recorded, { kind: 'turn-ended', turnId, output: whole }];
    }
  }
}

/** The receiver's yes to an offer. */
export function acknowledgementOf(offer: NonNullable<TurnInput['offer']>): Acknowledgement {
  return { handoffId: offer.handoffId, offerEpoch: offer.epoch, attempt: 1, digest: offer.digest };
}

function turned(
  input: TurnStep['input'],
  manifest: TeamManifest,
  chance: Chance,
  temper: Temper,
): Extract<TurnOutput, { kind: 'turned' }> {
  return leaveWith(input, manifest, {
    version: '1.0.0',
    intent:
      temper === 'kind'
        ? { kind: 'reply', text: 'certainly' }
        : (answerOnReview(chance, input.asked) ??
          questionOf(chance, manifest, input.agent, input.asked !== undefined, () => factsOf(chance)) ??
          missingIn(chance, manifest, intentOf(chance, targetsOf(manifest, input.agent)))),
    facts: chance.maybe(50) ? factsOf(chance) : {},
    ...(chance.maybe(15) ? { say: 'one moment' } : {}),
    ...statedBy(chance, manifest),
    ...(chance.maybe(20) ? { recordsRead: [`order/${String(chance.below(3))}`] } : {}),
    provenance: { confidence: chance.below(101) / 100 },
  });
}

/** A turn as the activity returns it: validated, and cut at the exit edge. */
export function leaveWith(
  input: Pick<TurnInput, 'envelope' | 'agent'>,
  manifest: TeamManifest,
  written: AgentTurnInput,
): Extract<TurnOutput, { kind: 'turned' }> {
  const parsed = parseAgentTurn(written);
  if (!parsed.ok) throw new Error(`the model makes turns that are none: ${parsed.failure.message}`);
  const added = 'facts' in parsed.value.intent ? parsed.value.intent.facts : {};
  const facts = { ...input.envelope.memory.facts, ...parsed.value.facts, ...added };
  // Originals stay with the worker, as they do in the activity.
  const memory = memoryToCut(workingMemoryOf(input.envelope.memory), parsed.value);
  const left = leave(parsed.value, input, { facts, memory }, manifest, () => undefined);
  const { turn, crossing, crossings } = left;
  return { kind: 'turned', turn, ...(crossing && { crossing }), ...(crossings && { crossings }) };
}

/** Facts with values that repeat, so that cycles and thresholds come about. */
export function factsOf(chance: Chance): Record<string, string | number> {
  const facts: Record<string, string | number> = {};
  for (const fact of FACTS) {
    if (chance.maybe(40))
      Object.defineProperty(facts, fact, {
        value: fact === 'amount' ? chance.below(4) * 40 : `${fact}-${String(chance.below(2))}`,
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  return facts;
}

/** Mostly where edges lead; sometimes anywhere, and to names that only look like targets. */
function targetsOf(manifest: TeamManifest, from: string): readonly string[] {
  const edges = manifest.edges.filter((edge) => edge.from === from).map((edge) => edge.to);
  const anywhere = [...AGENTS, ...POOLS, 'nowhere', '__proto__', 'people:desk'];
  return [...Array.from({ length: 5 }, () => edges).flat(), ...anywhere];
}

function intentOf(chance: Chance, targets: readonly string[]): AgentTurnInput['intent'] {
  const kind = chance.weighted([
    [22, 'reply'],
    [24, 'call'],
    [34, 'transfer'],
    [7, 'return'],
    [5, 'escalate'],
    [6, 'ask-review'],
    [6, 'finish'],
  ] as const);
  const why = {
    reasonCode: chance.pick(['chargeback', 'technical', 'receiver-failed']),
    facts: chance.maybe(60) ? factsOf(chance) : {},
    ...(chance.maybe(20)
      ? { completed: ['found the order'], remaining: ['pay back'], unable: ['call them'] }
      : {}),
    ...(chance.maybe(10) ? { flags: ['angry'], sentiment: 'negative' } : {}),
    ...(chance.maybe(20) ? { summary: { decision: 'hand on', inputs: ['order'], openQuestions: [] } } : {}),
  };
  switch (kind) {
    case 'reply':
      return { kind, text: `answer ${String(chance.below(100))}` };
    case 'call':
      return { kind, calls: callsOf(chance) };
    case 'transfer':
      return { kind, to: chance.pick(targets), ...why };
    case 'return':
      return { kind, ...why };
    case 'escalate':
      return {
        kind,
        ...(chance.maybe(50) ? { to: chance.pick([...POOLS, 'ann', '__proto__']) } : {}),
        ...why,
      };
    case 'ask-review':
      return {
        kind,
        ...(chance.maybe(50) ? { pool: chance.pick([...POOLS, ...POOLS, 'toString']) } : {}),
        question: 'May I?',
        subject: { amount: chance.below(100) },
        ...(chance.maybe(50) ? { expiresMs: 3_000 } : {}),
      };
    case 'finish':
      return { kind, outcome: 'resolved', ...(chance.maybe(50) ? { text: 'good bye' } : {}) };
  }
}

function callsOf(
  chance: Chance,
): { id: string; tool: string; arguments: JsonObject & Record<string, number> }[] {
  const tools = 'look look write write write soft soft big gift peek nothing valueOf'.split(' ');
  return Array.from({ length: 1 + chance.below(3) }, (_, index) => ({
    id: `c${String(index)}`,
    tool: chance.pick(tools),
    arguments: { amount: chance.below(4) * 40 },
  }));
}

function answerCall(
  world: World,
  one: Outstanding,
  step: CallStep,
  chance: Chance,
  temper: Temper,
): readonly CaseEvent[] {
  const { key } = step.input;
  const outside = world.outside.get(key);
  const recorded = recordedBy(world, one);
  if (step.kind === 'undo') {
    if (!outside) throw new Error(`undo of a key that never was an effect: ${key}`);
    if (temper === 'wild' && chance.maybe(20))
      return [{ kind: 'undo-failed', key, trouble: troubleOf('UNDO_FAILED') }];
    outside.state = outside.state === 'committed' || outside.state === 'undone' ? 'undone' : 'tombstoned';
    const kind = outside.state === 'undone' ? 'undone' : 'tombstoned';
    return [recorded, { kind: 'undo-ended', key, output: { kind } }];
  }
  const outcome =
    temper === 'kind' && !one.stopped
      ? 'done'
      : chance.weighted([
          [60, 'done'],
          [15, 'refused'],
          [25, 'failed'],
        ] as const);
  const commit = (): void => {
    if (!outside || step.kind !== 'effect') return;
    outside.state = 'committed';
    outside.commits += 1;
  };
  switch (outcome) {
    case 'done': {
      commit();
      const result = step.kind === 'preview' ? { before: { open: chance.below(3) } } : { ok: true };
      return [recorded, { kind: 'call-ended', key, output: { kind: 'done', result } }];
    }
    case 'refused':
      if (step.kind !== 'preview') world.refused.add(key);
      return [
        recorded,
        { kind: 'call-ended', key, output: { kind: 'refused', failure: failure('EFFECT_REFUSED', 'no') } },
      ];
    case 'failed':
      if (chance.maybe(50)) commit();
      return [{ kind: 'call-failed', key, trouble: troubleOf('EFFECT_FAILED') }];
  }
}
