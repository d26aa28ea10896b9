import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities/create-activities.ts';
import type { Team } from '../../activities/define-team.ts';
import type { CallInput, CallOutput, CaseContext, TurnInput, TurnOutput } from '../../contract/activities.ts';
import { BatonError, failure, isFailureCode } from '../../contract/failures.ts';
import { clientThatHears, noLedger, noManifests, silent } from '../conformance/stand-ins.ts';
import { memoryContext } from '../memory-context.ts';
import type { RehearsalOptions } from './rehearsal.ts';

/** A turn that came to an answer. */
export type Turned = Extract<TurnOutput, { kind: 'turned' }>;

/** Where a rehearsal takes place: the activities of a worker, each in the context of an activity. */
export interface Place {
  /** What every activity is told of the case. */
  readonly around: CaseContext;
  /** @throws BatonError where the turn came to no answer */
  readonly take: (input: TurnInput) => Promise<Turned>;
  /** @throws BatonError where the tool failed */
  readonly call: (effect: 'read' | 'write', input: CallInput) => Promise<CallOutput>;
  /** @throws BatonError where it cannot be undone */
  readonly undo: (input: CallInput) => Promise<void>;
}

/** Sets up a team with stores in memory. */
export function openPlace(team: Team, dependencies: Omit<RehearsalOptions, 'task'>): Place {
  const activities = createActivities({
    context: memoryContext(),
    ...dependencies,
    teams: [team],
    ledger: noLedger,
    manifests: noManifests,
  });
  const trace = randomUUID();
  return {
    around: {
      version: '1.0.0',
      caseId: `rehearsal-${trace}`,
      trace,
      team: team.name,
      manifest: team.digest,
      rows: [],
    },
    take: async (input) => {
      const taking = (it: TurnInput): Promise<TurnOutput> =>
        it.offer ? activities.handoff(it) : activities.turn(it);
      return turnedOf(input.agent, await perform(taking, input));
    },
    call: (effect, input) =>
      perform((it: CallInput) => (effect === 'read' ? activities.look(it) : activities.effect(it)), input),
    undo: async (input) => {
      await perform((it: CallInput) => activities.undo(it), input);
    },
  };
}

async function perform<Input, Output>(
  activity: (input: Input) => Promise<Output>,
  input: Input,
): Promise<Output> {
  const environment = new MockActivityEnvironment({}, { logger: silent, client: clientThatHears([]) });
  try {
    return await environment.run(activity, input);
  } catch (thrown) {
    throw asFailure(thrown);
  }
}

/** Failures of activities go by their codes, as everywhere outside a workflow. */
function asFailure(thrown: unknown): unknown {
  if (!(thrown instanceof ApplicationFailure)) return thrown;
  const { type, message } = thrown;
  return typeof type === 'string' && isFailureCode(type) ? new BatonError({ code: type, message }) : thrown;
}

function turnedOf(agent: string, output: TurnOutput): Turned {
  switch (output.kind) {
    case 'turned':
      return output;
    case 'invalid':
    case 'declined':
      throw new BatonError(output.failure);
    case 'lacking':
      throw new BatonError(
        failure(
          'AGENT_INPUT_INVALID',
          `${agent} asks its user for ${output.missing.join(', ')} first`,
          'facts',
        ),
      );
    case 'waiting':
      throw new BatonError(failure('AGENT_FAILED', `${agent} works elsewhere, and has not answered yet`));
  }
}
