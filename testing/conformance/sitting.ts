import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../../activities/create-activities.ts';
import type { Team } from '../../activities/define-team.ts';
import type {
  CallInput,
  CallOutput,
  CaseActivities,
  CaseContext,
  TurnInput,
  TurnOutput,
  UndoOutput,
} from '../../contract/activities.ts';
import type { ContextReference } from '../../contract/context.ts';
import type { Message } from '../../contract/conversation.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { JsonObject } from '../../contract/json.ts';
import { stepKey } from '../../contract/keys.ts';
import { envelopeDigest } from '../../contract/seal.ts';
import { memoryContext } from '../memory-context.ts';
import { payBack, roleWith, SUBJECT, teamOf, TOOL } from './conformance-team.ts';
import { clientThatHears, noLedger, noManifests, silent } from './stand-ins.ts';
import type { AgentSubject, OpenedSubject, SubjectTool } from './subject.ts';
import type { Mind, Thought } from './thought.ts';

type Environment = MockActivityEnvironment;

/** One case of the agent under test, taken through the activities of a worker, each in the context of an activity. */
export interface Sitting {
  readonly team: Team;
  readonly trace: string;
  readonly tool: SubjectTool;
  /** What the mind was told, one entry for each time it was asked. */
  readonly told: readonly string[];
  /** What an attempt acknowledged by signal because it took its time. */
  readonly signals: readonly unknown[];
  /** A context of an activity of its own. */
  readonly environment: (attempt?: number) => Environment;
  /** The next turn of the case. */
  readonly turn: (changes?: Partial<TurnInput>) => TurnInput;
  /** The same as a receiver's first one. */
  readonly offered: (facts: JsonObject, changes?: Partial<Envelope>) => TurnInput;
  readonly take: (input: TurnInput, environment?: Environment) => Promise<TurnOutput>;
  /** A call of the subject's tool, by the key of this step. */
  readonly call: (args: JsonObject, step: number) => CallInput;
  readonly effect: (input: CallInput, attempt?: number) => Promise<CallOutput>;
  readonly undo: (input: CallInput) => Promise<UndoOutput>;
  /** Another worker from now on: the agent is made anew, and what the process kept is gone. */
  readonly moveToAnotherWorker: () => Promise<void>;
  /** Whether everything that was to be thought has been. */
  readonly done: () => boolean;
  /** The mind thinks its last thought once more. */
  readonly repeat: () => void;
  readonly close: () => Promise<void>;
}

/** Sets the agent under test into a team of two colleagues, over stores in memory. */
export async function openSitting(subject: AgentSubject, meant: readonly Thought[]): Promise<Sitting> {
  const tool = await (subject.tool?.() ?? payBack());
  const thoughts = meant.map((one) => withTool(one, tool));
  const told: string[] = [];
  const signals: unknown[] = [];
  let place = 0;
  const mind: Mind = {
    next: (words) => {
      const thought = thoughts[place];
      told.push(words);
      place += 1;
      if (thought) return thought;
      throw new Error(`it is asked for thought ${String(place)}; the check has ${String(thoughts.length)}`);
    },
  };
  const context = memoryContext();
  const trace = randomUUID();
  let opened: OpenedSubject | undefined;
  let team: Team | undefined;
  let activities: CaseActivities | undefined;
  const start = async (): Promise<{ readonly team: Team; readonly activities: CaseActivities }> => {
    opened = await subject.open(roleWith(tool), mind);
    team = teamOf(opened.agent);
    activities = createActivities({
      teams: [team],
      ledger: noLedger,
      manifests: noManifests,
      context,
      ...(opened.models ? { models: opened.models } : {}),
    });
    return { team, activities };
  };
  const house = await start();
  const client = clientThatHears(signals);
  const environment = (attempt = 1): Environment =>
    new MockActivityEnvironment({ attempt }, { logger: silent, client });
  const around: CaseContext = {
    version: '1.0.0',
    caseId: `conformance-${trace}`,
    trace,
    team: house.team.name,
    manifest: house.team.digest,
    rows: [],
  };
  let turns = 0;
  let thread: ContextReference | undefined;
  const at = (): CaseActivities => activities ?? house.activities;
  const run = <Input, Output>(
    activity: (input: Input) => Promise<Output>,
    input: Input,
    where: Environment = environment(),
  ): Promise<Output> => where.run(activity, input);
  const turn: Sitting['turn'] = (changes = {}) => {
    turns += 1;
    return {
      ...around,
      agent: SUBJECT,
      agentVersion: '1.0.0',
      turn: turns,
      envelope: envelopeOf(trace, turns, { order: 'A1' }),
      conversation: [said(1, 'My order A1 was charged twice.')],
      answeredUpTo: 0,
      answers: [],
      notices: [],
      ...(thread ? { thread } : {}),
      ...changes,
    };
  };
  return {
    team: house.team,
    trace,
    tool,
    told,
    signals,
    environment,
    turn,
    offered: (facts, changes = {}) => {
      const envelope: Envelope = { ...envelopeOf(trace, turns + 1, facts), ...changes };
      return turn({ envelope, offer: { handoffId: 'h1', epoch: 1, digest: envelopeDigest(envelope) } });
    },
    take: async (input, where) => {
      const output = await run(
        (it: TurnInput) => (it.offer ? at().handoff(it) : at().turn(it)),
        input,
        where,
      );
      if (output.kind === 'turned' || output.kind === 'invalid') thread = output.thread ?? thread;
      return output;
    },
    call: (args, step) => ({
      ...around,
      agent: SUBJECT,
      tool: tool.tool.name,
      callId: 'call',
      key: stepKey(trace, step, tool.tool.name),
      epoch: 1,
      arguments: args,
    }),
    effect: (input, attempt) => run((it: CallInput) => at().effect(it), input, environment(attempt)),
    undo: (input) => run((it: CallInput) => at().undo(it), input),
    moveToAnotherWorker: async () => {
      await opened?.close?.();
      await start();
    },
    done: () => place >= thoughts.length,
    repeat: () => {
      place = Math.max(0, place - 1);
    },
    close: async () => {
      await opened?.close?.();
      await tool.close?.();
    },
  };
}

/** The subject's tool takes the place of `TOOL`, with its own arguments where the check has none. */
function withTool(thought: Thought, { tool, arguments: right, wrong }: SubjectTool): Thought {
  if (thought.kind !== 'calls' || thought.tool !== TOOL) return thought;
  const own = 'wrong' in thought.arguments ? wrong : { ...right, ...thought.arguments };
  return { ...thought, tool: tool.name, arguments: own };
}

/** A message of the user. */
export function said(sequence: number, text: string): Message {
  return {
    id: `m${String(sequence)}`,
    sequence,
    at: '2026-01-01T00:00:00.000Z',
    from: { kind: 'user' },
    text,
  };
}

/** What a failure of an activity is once it has crossed to the case. @throws what is no failure of the catalogue */
export async function failureOf(running: Promise<unknown>): Promise<ApplicationFailure> {
  const thrown: unknown = await running.then(
    (value) => assert.fail(`it came to ${JSON.stringify(value)} where it had to fail`),
    (error: unknown) => error,
  );
  if (thrown instanceof ApplicationFailure) return thrown;
  throw thrown;
}

function envelopeOf(trace: string, step: number, facts: JsonObject): Envelope {
  return {
    version: '1.0.0',
    idempotencyKey: stepKey(trace, step, 'turn'),
    trace,
    step,
    provenance: [],
    effects: [],
    failureModes: { retry: [], human: [] },
    memory: { facts: facts as Envelope['memory']['facts'] },
    task: {
      definition: 'help the customer',
      constraints: {},
      acceptance: [],
      completed: [],
      remaining: [],
      unable: [],
    },
  };
}
