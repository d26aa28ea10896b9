import type { CallOutput, TurnInput, TurnOutput } from '../../../contract/activities.ts';
import { failure, type FailureCode } from '../../../contract/failures.ts';
import type { RemoteTask } from '../../../contract/remote-task.ts';
import type { TeamManifest } from '../../../contract/team.ts';
import type { AgentTurnInput, Intent } from '../../../contract/turn.ts';
import type { CaseEvent } from '../../../workflows/events.ts';
import type { CaseState } from '../../../workflows/state.ts';
import { acknowledgementOf, leaveWith } from './answers.ts';
import { createChecks } from './checks.ts';
import { beginPlay, type Play, type Scenario } from './play.ts';
import { endRecord, recordedBy, type Outstanding } from './world.ts';

type IntentWritten = AgentTurnInput['intent'];

/** A case led step by step, with every invariant checked on the way. */
export interface Journey {
  readonly play: Play;
  readonly state: () => CaseState;
  readonly dispatch: (event: CaseEvent) => void;
  /** The agent's turn that is under way ends with this intent; an offer is acknowledged with it. */
  readonly turns: (
    intent: IntentWritten,
    facts?: AgentTurnInput['facts'],
    more?: Pick<Extract<TurnOutput, { kind: 'turned' }>, 'usage' | 'remote' | 'handsBack'>,
    stated?: Pick<AgentTurnInput, 'recordsRead' | 'workingMemory' | 'provenance'>,
  ) => void;
  /** What the turn that is under way was given; of an agent, where several are. */
  readonly turnInput: (agent?: string) => Omit<TurnInput, 'rows'>;
  /** The same journey, as one agent goes it while others go beside it. */
  readonly of: (agent: string) => Journey;
  /** The turn that is under way says that an agent elsewhere has the task, and works on. */
  readonly waits: (remote: Partial<RemoteTask>, pauseMs?: number) => void;
  readonly turnFails: (code?: FailureCode) => void;
  readonly declines: () => void;
  /** The receiver sends its acknowledgement ahead of its turn. */
  readonly acknowledges: () => void;
  readonly callEnds: (output?: CallOutput) => void;
  readonly callFails: () => void;
  readonly undoEnds: () => void;
  readonly undoFails: () => void;
  readonly fires: (timer: string) => void;
  /** Rows under way reach their store. */
  readonly records: () => void;
  readonly decides: (decision: 'approve' | 'reject', by?: string) => void;
  readonly says: (id: string) => void;
}

/** Opens a case with a first message and resolves its team. */
export function beginJourney(
  team: TeamManifest,
  facts = false,
  more: Omit<Scenario['opening'], 'message' | 'facts'> = {},
): Journey {
  const play = beginPlay({ team, opening: { message: true, facts, ...more } }, createChecks());
  const journey = journeyOf(play, team);
  const { world, dispatch } = play;
  world.outstanding = world.outstanding.filter(({ step }) => step.kind !== 'resolve-team');
  dispatch({ kind: 'team-resolved', manifest: team });
  return journey;
}

function journeyOf(play: Play, team: TeamManifest, agent?: string): Journey {
  const { world, dispatch, state } = play;
  const isMeant = ({ step }: Outstanding): boolean =>
    agent === undefined || !('input' in step) || !('agent' in step.input) || step.input.agent === agent;

  function take<Kind extends Outstanding['step']['kind']>(
    ...kinds: readonly Kind[]
  ): Outstanding & { readonly step: Extract<Outstanding['step'], { kind: Kind }> } {
    const one = world.outstanding.find(
      (other) => !other.stopped && isMeant(other) && kinds.some((kind) => kind === other.step.kind),
    );
    if (!one) throw new Error(`no ${kinds.join(' or ')} is under way, the case is ${state().work.kind}`);
    world.outstanding = world.outstanding.filter((other) => other !== one);
    return one as ReturnType<typeof take<Kind>>;
  }

  function outside(key: string): { state: string; commits: number } {
    const known = world.outside.get(key);
    if (!known) throw new Error(`nothing was tried under ${key}`);
    return known;
  }

  /** The other side has taken the task. */
  function taken(remote: RemoteTask | undefined): void {
    if (remote?.taskId === undefined || !world.outside.has(remote.key)) return;
    world.outside.set(remote.key, { state: 'committed', commits: 1 });
  }

  const journey: Journey = {
    play,
    state,
    dispatch,
    of: (name) => journeyOf(play, team, name),
    turnInput: (name = agent) => {
      const one = world.outstanding.find(
        ({ step, stopped }) =>
          step.kind === 'turn' && !stopped && (name === undefined || step.input.agent === name),
      );
      if (one?.step.kind !== 'turn') throw new Error('no turn is under way');
      return one.step.input;
    },
    turns: (intent, known = {}, more = {}, stated = {}) => {
      const { step } = take('turn', 'handoff');
      const written = { version: '1.0.0', intent, facts: known, ...stated };
      const { offer } = step.input;
      taken(more.remote);
      dispatch({
        kind: 'turn-ended',
        turnId: step.turnId,
        output: {
          ...leaveWith(step.input, team, written),
          ...more,
          ...(offer ? { acknowledgement: acknowledgementOf(offer) } : {}),
        },
      });
    },
    waits: (changes, pauseMs = 1_000) => {
      const { step } = take('turn', 'handoff');
      const { offer, remote } = step.input;
      if (!remote) throw new Error('the turn that is under way has no task elsewhere');
      taken({ ...remote, ...changes });
      dispatch({
        kind: 'turn-ended',
        turnId: step.turnId,
        output: {
          kind: 'waiting',
          remote: { ...remote, ...changes },
          pauseMs,
          ...(offer ? { acknowledgement: acknowledgementOf(offer) } : {}),
        },
      });
    },
    turnFails: (code = 'AGENT_FAILED') => {
      const { turnId } = take('turn', 'handoff').step;
      dispatch({ kind: 'turn-failed', turnId, trouble: { failure: failure(code) } });
    },
    declines: () => {
      const { turnId, input } = take('handoff').step;
      if (input.remote) world.refused.add(input.remote.key);
      const output = { kind: 'declined', failure: failure('OFFER_DECLINED') } as const;
      dispatch({ kind: 'turn-ended', turnId, output });
    },
    acknowledges: () => {
      const one = world.outstanding.find((other) => other.step.kind === 'handoff' && !other.stopped);
      const offer = one?.step.kind === 'handoff' ? one.step.input.offer : undefined;
      if (!offer) throw new Error('no offer is under way');
      dispatch({ kind: 'acknowledged', acknowledgement: acknowledgementOf(offer) });
    },
    callEnds: (output = { kind: 'done', result: null }) => {
      const { step } = take('look', 'effect');
      const { key } = step.input;
      if (step.kind === 'effect' && output.kind === 'done')
        world.outside.set(key, { state: 'committed', commits: outside(key).commits + 1 });
      if (output.kind === 'refused') world.refused.add(key);
      dispatch({ kind: 'call-ended', key, output });
    },
    callFails: () => {
      const { key } = take('look', 'effect').step.input;
      dispatch({ kind: 'call-failed', key, trouble: { failure: failure('EFFECT_FAILED') } });
    },
    undoEnds: () => {
      const { key } = take('undo').step.input;
      const kind = outside(key).state === 'committed' ? 'undone' : 'tombstoned';
      world.outside.set(key, { state: kind, commits: outside(key).commits });
      dispatch({ kind: 'undo-ended', key, output: { kind } });
    },
    undoFails: () => {
      const { key } = take('undo').step.input;
      dispatch({ kind: 'undo-failed', key, trouble: { failure: failure('UNDO_FAILED') } });
    },
    fires: (id) => {
      const timer = world.timers.get(id);
      if (!timer) throw new Error(`no timer ${id}; armed: ${[...world.timers.keys()].join(', ')}`);
      play.advanceTo(Date.parse(timer.at));
      world.timers.delete(id);
      dispatch(timer.event);
    },
    records: () => {
      for (;;) {
        const one = world.outstanding.find((other) => other.step.kind === 'record');
        if (!one) return;
        dispatch(recordedBy(world, one));
        endRecord(world, one, state());
      }
    },
    decides: (decision, by = 'pam') => {
      const review = state().reviews.find((one) => one.status === 'open');
      if (!review) throw new Error('no review is open');
      const { id: reviewId, digest } = review;
      dispatch({ kind: 'decided', message: { reviewId, digest, decision, by, reason: 'so be it' } });
    },
    says: (id) => {
      dispatch({ kind: 'said', message: { messageId: id, text: `words of ${id}` } });
    },
  };
  return journey;
}

/** A transfer as an agent writes it. */
export function transferTo(
  to: string,
  facts: AgentTurnInput['facts'] = {},
): Extract<IntentWritten, { kind: 'transfer' }> {
  return { kind: 'transfer', to, reasonCode: 'because', facts };
}

/** A call of one tool. */
export function callOf(...tools: readonly string[]): Extract<IntentWritten, { kind: 'call' }> {
  return {
    kind: 'call',
    calls: tools.map((tool, index) => ({ id: `c${String(index)}`, tool, arguments: { amount: 40 } })),
  };
}

/** An answer to the user. */
export function reply(text = 'certainly'): Extract<Intent, { kind: 'reply' }> {
  return { kind: 'reply', text };
}
