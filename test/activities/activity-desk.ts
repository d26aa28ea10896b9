import { ApplicationFailure, type Info } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Client } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { z } from 'zod';
import type { Agent } from '../../activities/agent.ts';
import { createActivities, type ActivityDependencies } from '../../activities/create-activities.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import type { Tool } from '../../activities/tool.ts';
import type { CallInput, CaseActivities, CaseContext, TurnInput } from '../../contract/activities.ts';
import type { Envelope } from '../../contract/envelope.ts';
import { BatonError, type Failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { stepKey } from '../../contract/keys.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { LedgerStore, ManifestStore } from '../../contract/ports.ts';
import { envelopeDigest } from '../../contract/seal.ts';
import { chainOfLength } from '../stores/ledger-rows.ts';
import { agent, reply } from '../support/agents.ts';

export const TRACE = '8d5c5c1e-7f3a-4f5e-9c39-0f6f5e7b2a11';

/** What the receiver of these tests accepts: one field that must be there, one that need not. */
export const BillingFacts = z.object({ order: z.string(), amount: z.number().optional() });

/** The activities of one small team, with a ledger that can be made to fail, each run in an activity's context. */
export interface ActivityDesk {
  readonly team: Team;
  readonly activities: CaseActivities;
  /** Rows that reached the ledger. */
  readonly appended: LedgerRow[];
  /** What the ledger throws from now on. */
  failLedgerWith: Failure | undefined;
  /** What the ledger waits for before it takes rows. */
  holdLedger: Promise<void>;
  readonly manifests: Map<string, JsonObject>;
}

/** A desk whose agent `triage` hands on to `billing`; with `signing`, its team asks for signed handoffs. */
export function openDesk(
  agents: { readonly triage?: Agent; readonly billing?: Agent } = {},
  tools: readonly Tool[] = [],
  more: Pick<
    ActivityDependencies,
    'context' | 'signing' | 'signatures' | 'models' | 'rates' | 'budgets'
  > = {},
): ActivityDesk {
  const triage = agents.triage ?? agent('triage', 'triage', () => reply('hello'), { tools });
  const billing =
    agents.billing ?? agent('billing', 'billing', () => reply('paid'), { accepts: BillingFacts });
  const desk = people('desk', { pam: { roles: ['lead'] } });
  const team = defineTeam({
    name: 'support',
    start: triage,
    edges: [edge(triage, billing), edge(billing, triage), escalate(billing, desk)],
    ...(more.signing ? { signing: 'required' } : {}),
  });
  const appended: LedgerRow[] = [];
  const manifests = new Map<string, JsonObject>();
  const state: Pick<ActivityDesk, 'failLedgerWith' | 'holdLedger'> = {
    failLedgerWith: undefined,
    holdLedger: Promise.resolve(),
  };
  const activities = createActivities({
    teams: [team],
    ledger: ledgerOver(appended, async () => {
      await state.holdLedger;
      if (state.failLedgerWith) throw new BatonError(state.failLedgerWith);
    }),
    manifests: manifestsOver(manifests),
    ...more,
  });
  return Object.assign(state, { team, activities, appended, manifests });
}

function ledgerOver(rows: LedgerRow[], ready: () => Promise<void>): LedgerStore {
  return {
    append: async (added) => {
      await ready();
      rows.push(...added);
    },
    read: () => Promise.resolve(rows),
    head: () => Promise.resolve(rows.at(-1)),
    close: () => Promise.resolve(),
  };
}

function manifestsOver(kept: Map<string, JsonObject>): ManifestStore {
  return {
    put: (digest, manifest) => {
      kept.set(digest, manifest);
      return Promise.resolve();
    },
    get: (digest) => Promise.resolve(kept.get(digest)),
    close: () => Promise.resolve(),
  };
}

/** What every activity is told, with two rows along. */
export function contextOf(desk: ActivityDesk, changes: Partial<CaseContext> = {}): CaseContext {
  return {
    version: '1.0.0',
    caseId: 'case-1',
    trace: TRACE,
    team: desk.team.name,
    manifest: desk.team.digest,
    rows: chainOfLength(TRACE, 2),
    ...changes,
  };
}

/** An envelope as the workflow writes it. */
export function envelopeWith(facts: JsonObject, changes: Partial<Envelope> = {}): Envelope {
  return {
    version: '1.0.0',
    idempotencyKey: stepKey(TRACE, 1, 'handoff'),
    trace: TRACE,
    step: 1,
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
    ...changes,
  };
}

/** Input of a turn of an agent with these facts. */
export function turnInput(
  desk: ActivityDesk,
  agentName: string,
  envelope: Envelope,
  changes: Partial<TurnInput> = {},
): TurnInput {
  return {
    ...contextOf(desk),
    agent: agentName,
    agentVersion: '1.0.0',
    turn: 3,
    envelope,
    conversation: [],
    answeredUpTo: 0,
    answers: [],
    notices: [],
    ...changes,
  };
}

/** The same as a receiver's first turn: with an offer for exactly this envelope. */
export function offeredTurn(desk: ActivityDesk, envelope: Envelope): TurnInput {
  const offer = { handoffId: 'h1', epoch: 2, digest: envelopeDigest(envelope) };
  return turnInput(desk, 'billing', envelope, { offer });
}

/** Input of a call of one of triage's tools. */
export function callInput(desk: ActivityDesk, tool: string, args: JsonObject): CallInput {
  return {
    ...contextOf(desk),
    agent: 'triage',
    tool,
    callId: 'c1',
    key: stepKey(TRACE, 4, tool),
    epoch: 7,
    arguments: args,
  };
}

/** Context of one activity, in its first attempt unless `info` says otherwise. What fails on purpose is not logged. */
export function environmentOf(info: Partial<Info> = {}, client?: Client): MockActivityEnvironment {
  return new MockActivityEnvironment(info, {
    logger: new DefaultLogger('ERROR'),
    ...(client ? { client } : {}),
  });
}

type Activity<Name extends keyof CaseActivities> = (
  input: Parameters<CaseActivities[Name]>[0],
) => ReturnType<CaseActivities[Name]>;

/** Runs an activity in a given context. */
export function performIn<Name extends keyof CaseActivities>(
  environment: MockActivityEnvironment,
  desk: ActivityDesk,
  name: Name,
  input: Parameters<CaseActivities[Name]>[0],
): ReturnType<CaseActivities[Name]> {
  const activity = desk.activities[name] as Activity<Name>;
  return environment.run(activity, input) as ReturnType<CaseActivities[Name]>;
}

/** Runs an activity in a context of its own. */
export function perform<Name extends keyof CaseActivities>(
  desk: ActivityDesk,
  name: Name,
  input: Parameters<CaseActivities[Name]>[0],
  info: Partial<Info> = {},
): ReturnType<CaseActivities[Name]> {
  return performIn(environmentOf(info), desk, name, input);
}

/** What is left of an activity's error once it has crossed to the workflow. */
export async function failureOf(
  running: Promise<unknown>,
): Promise<{ readonly type: string; readonly message: string; readonly nonRetryable: boolean }> {
  const thrown: unknown = await running.then(
    (value) => {
      throw new Error(`it came to ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApplicationFailure)) throw thrown;
  return { type: String(thrown.type), message: thrown.message, nonRetryable: thrown.nonRetryable === true };
}
