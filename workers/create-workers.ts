import type { PayloadCodec } from '@temporalio/common';
import {
  Runtime,
  Worker,
  type NativeConnection,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.ts';
import { loadLanguages } from '../activities/language/detect-language.ts';
import { tokenCounter } from '../activities/context/tokens.ts';
import type { ModelSettings } from '../activities/models/model-settings.ts';
import type { LearnedPolicy } from '../activities/signals/learned.ts';
import type { Signing } from '../activities/seal.ts';
import type { Team } from '../activities/define-team.ts';
import { createTicketActivities } from '../activities/tickets/mirror.ts';
import { announcingLedger } from '../activities/webhooks/announce.ts';
import { createWebhookActivities } from '../activities/webhooks/deliver.ts';
import { isPushed } from '../activities/webhooks/push.ts';
import { CASE_QUEUE } from '../contract/queues.ts';
import type {
  BreakerStore,
  ContextStore,
  LedgerStore,
  ManifestStore,
  Outbox,
  PeopleDirectory,
  PolicyStore,
} from '../contract/ports.ts';
import type { DoorKeys } from '../contract/proof.ts';
import type { ToolRates } from '../contract/rates.ts';
import type { TenantBudgets } from '../contract/tenant-budget.ts';
import type { TicketDesks } from '../contract/tickets/desks.ts';
import { ticketQueue } from '../contract/tickets/mirror.ts';
import { desksFor } from '../contract/tickets/wanted.ts';
import { PUSH_ENDPOINT, type PushConfigStore, type PushSettings } from '../contract/a2a-push.ts';
import { webhookQueue } from '../contract/webhooks/delivery.ts';
import { endpointsFor, type WebhookEndpoints } from '../contract/webhooks/endpoints.ts';
import type { WebhookEvent } from '../contract/webhooks/event.ts';
import { caseLogAttributes } from './log-attributes.ts';
import { failureConverterPath, payloadConverterPath, workflowBundle } from './workflow-bundle.ts';
import { openCaseDoor } from './tickets/case-door.ts';
import { createDispatcher, type Dispatcher } from './webhooks/dispatcher.ts';

/** Pushes to clients of A2A under way, of each worker process. */
const PUSHES_AT_ONCE = 20;
/** Where there are desks or pushes, and no endpoints. */
const NO_ENDPOINTS: WebhookEndpoints = { version: '1.0.0', allowedHosts: [], endpoints: {} };

/** What workers are made from. */
export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace?: string;
  readonly teams: readonly Team[];
  readonly ledger: LedgerStore;
  readonly manifests: ManifestStore;
  /** Published policies: new cases take a team's current version in place of what the team was built with. */
  readonly policies?: PolicyStore;
  /** Circuit breakers, for teams with agents that have one. */
  readonly breakers?: BreakerStore;
  /** Rates of tools, for teams with tools that have one. */
  readonly rates?: ToolRates;
  /** Budgets of tenants; without them, tenants spend on models what their teams allow. */
  readonly budgets?: TenantBudgets;
  /** Proposes a label for every message of a team with a policy; without it, rules decide alone. */
  readonly learned?: LearnedPolicy;
  /** Conversations and large facts of cases; without it they travel in payloads. */
  readonly context?: ContextStore;
  /** Keys and nonces of signed handoffs, for teams that ask for them. */
  readonly signing?: Signing;
  /**
   * Serve only teams whose handoffs are signed, and take no handoff of a case whose manifest asks for no signature: a
   * manifest that was exchanged for a laxer one is of no use.
   */
  readonly signatures?: 'required';
  /** Who the people of pools are, for teams whose pools a directory knows (`openPeopleFile`, or your own). */
  readonly directory?: PeopleDirectory;
  /** Keys of doors whose decisions are proven (`doorKeysOfEnvironment`); every decision is asserted when absent. */
  readonly doorKeys?: DoorKeys;
  /** Keys, addresses and choice of models, for agents that have one. */
  readonly models?: ModelSettings;
  /**
   * Where events leave to, by webhook. Give it to every worker whose activities append to the ledger, for the worker
   * that appends a row is the one that puts its event into the outbox.
   */
  readonly webhooks?: { readonly endpoints: WebhookEndpoints; readonly outbox: Outbox };
  /**
   * Desks whose people answer in tickets, with the token of each desk's account by the desk's name. Give it to every
   * worker, as webhooks, and the same outbox.
   */
  readonly tickets?: {
    readonly desks: TicketDesks;
    readonly tokens: Readonly<Record<string, string>>;
    readonly outbox: Outbox;
    /** Private teams beside those of the workers: what people say to their cases goes into the context store. */
    readonly privateTeams?: readonly string[];
  };
  /**
   * Tells clients of teams that are served over A2A of their tasks. Give it to every worker, as webhooks, and the same
   * outbox.
   */
  readonly pushes?: {
    readonly settings: PushSettings;
    readonly configs: PushConfigStore;
    readonly outbox: Outbox;
  };
  /** Task queue of cases; `baton` when absent. A case stays on the queue it was opened on. */
  readonly caseQueue?: string;
  /** Task queues to serve: those of all agents and that of cases when absent. */
  readonly queues?: readonly string[];
  /**
   * Codec that encrypts payloads (see `baton/security`); clients need the same one. What failures say then travels
   * in payloads too. Absent, everything is in clear.
   */
  readonly codec?: PayloadCodec;
  /** Bundle of the workflows; Baton's own when absent. With a codec, one bundled for encryption. */
  readonly bundle?: WorkflowBundleOption;
  /** Cases kept in memory between workflow tasks. 0 replays a case on every task. */
  readonly maxCachedWorkflows?: number;
  /** Activities at once on each queue. */
  readonly activitiesAtOnce?: number;
  /** How long activities may finish after a stop was asked for, in milliseconds. */
  readonly graceMs?: number;
}

/** Workers of one process, one for each task queue. */
export interface Workers {
  readonly queues: readonly string[];
  /** Resolves when all have stopped. Rejects with the first that fails, after stopping the others. */
  readonly run: () => Promise<void>;
  /** Stops polling, lets what runs finish. */
  readonly stop: () => void;
}

/**
 * The one constructor of workers, for services, tests and benchmarks alike: one worker a pool, and one that runs
 * cases. Sticky timeout and heartbeats give recovery of a killed worker's cases within 4 s.
 */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace = 'default', caseQueue = CASE_QUEUE, codec } = options;
  // Before the first poll: a turn has no half a second to spare for it.
  const detectLanguage = await loadLanguages();
  // Loading the tokenizer stops everything for a while: before the first task, not in the middle of one.
  const bounded = options.teams.some(({ manifest: { limits } }) => limits.costUsd ?? limits.tokens);
  if (bounded) await tokenCounter();
  const { webhooks, tickets, pushes } = options;
  const outbox = webhooks?.outbox ?? tickets?.outbox ?? pushes?.outbox;
  const endpoints = webhooks?.endpoints ?? NO_ENDPOINTS;
  const dispatcher: { current?: Dispatcher } = {};
  const isWanted = (event: WebhookEvent): boolean =>
    endpointsFor(endpoints, event).length > 0 ||
    (tickets ? desksFor(tickets.desks, event).length > 0 : false) ||
    (pushes !== undefined && isPushed(event));
  const ledger = outbox
    ? announcingLedger(options.ledger, isWanted, () => dispatcher.current?.wake())
    : options.ledger;
  const activities = createActivities({ ...options, ledger, detectLanguage });
  const queues = options.queues ?? queuesOf(options.teams, caseQueue);
  const shared: Omit<WorkerOptions, 'taskQueue'> = {
    ...tunedWorkerOptions(options),
    connection,
    namespace,
    activities,
    interceptors: { activity: [caseLogAttributes] },
    dataConverter: {
      payloadConverterPath: payloadConverterPath(),
      ...(codec ? { failureConverterPath: failureConverterPath(), payloadCodecs: [codec] } : {}),
    },
  };
  const ownBundle = (): Promise<WorkflowBundleOption> => workflowBundle(codec ? 'encrypted' : 'in-clear');
  const workers = await Promise.all(
    queues.map(async (taskQueue) =>
      Worker.create({
        ...shared,
        taskQueue,
        ...(taskQueue === caseQueue ? { workflowBundle: options.bundle ?? (await ownBundle()) } : {}),
      }),
    ),
  );
  if (outbox && (webhooks || pushes)) {
    const { status } = openCaseDoor({
      ...{ connection, namespace, dataConverter: { ...shared.dataConverter } },
      privateTeams: [],
    });
    const deliveries = createWebhookActivities({
      ...{ endpoints, outbox },
      ...(pushes ? { pushes: { ...pushes, status } } : {}),
    });
    const served = Object.entries(endpoints.endpoints).map(([name, { atOnce }]) => ({ name, atOnce }));
    for (const { name, atOnce } of [
      ...served,
      ...(pushes ? [{ name: PUSH_ENDPOINT, atOnce: PUSHES_AT_ONCE }] : []),
    ])
      workers.push(
        await Worker.create({
          ...shared,
          taskQueue: webhookQueue(name, caseQueue),
          activities: deliveries,
          maxConcurrentActivityTaskExecutions: atOnce,
        }),
      );
  }
  if (tickets) {
    const door = openCaseDoor({
      ...{ connection, namespace, dataConverter: { ...shared.dataConverter } },
      ...(options.context ? { context: options.context } : {}),
      privateTeams: [...privateTeamsOf(options.teams), ...(tickets.privateTeams ?? [])],
    });
    const mirroring = createTicketActivities({ ...tickets, ledger: options.ledger, door });
    for (const [name, { atOnce }] of Object.entries(tickets.desks.desks))
      workers.push(
        await Worker.create({
          ...shared,
          taskQueue: ticketQueue(name),
          activities: mirroring,
          maxConcurrentActivityTaskExecutions: atOnce,
        }),
      );
  }
  if (outbox) {
    dispatcher.current = createDispatcher({
      ...{ outbox, endpoints, ...(tickets ? { desks: tickets.desks } : {}) },
      ...(pushes ? { pushes: pushes.configs } : {}),
      connection,
      namespace,
      dataConverter: { ...shared.dataConverter },
      queue: caseQueue,
      onTrouble: (thrown) => {
        Runtime.instance().logger.warn('events wait in the outbox', { error: thrown });
      },
    });
  }
  const stop = (): void => {
    dispatcher.current?.stop();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    queues,
    stop,
    run: async () => {
      const running = workers.map((worker) =>
        worker.run().catch((error: unknown) => {
          stop();
          throw error;
        }),
      );
      const ends = await Promise.allSettled([...running, dispatcher.current?.run()]);
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
    },
  };
}

/** Teams whose words stand in the context store. */
function privateTeamsOf(teams: readonly Team[]): readonly string[] {
  return teams.filter(({ manifest }) => manifest.private !== undefined).map(({ name }) => name);
}

/** How every worker of ours is tuned, whatever it runs: the benchmark's hand-written side takes the same. */
export function tunedWorkerOptions(
  options: Pick<WorkersOptions, 'activitiesAtOnce' | 'graceMs' | 'maxCachedWorkflows'>,
): Partial<WorkerOptions> {
  return {
    stickyQueueScheduleToStartTimeout: '1 second',
    maxConcurrentActivityTaskExecutions: options.activitiesAtOnce ?? 100,
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    shutdownGraceTime: options.graceMs ?? 10_000,
    ...cachingOptions(options.maxCachedWorkflows),
  };
}

/** Workflow tasks that the SDK's worker takes at once, unless told. */
const TASKS_AT_ONCE = 40;

/**
 * A task beyond the room for cases would lie in the worker until another case is forgotten, and its two seconds run
 * there; left in its queue they do not, and another worker may take it. Without a cache the SDK has room for one case.
 */
function cachingOptions(maxCachedWorkflows: number | undefined): Partial<WorkerOptions> {
  if (maxCachedWorkflows === undefined) return {};
  // With a cache the SDK wants two: one for its sticky queue, and one for the other.
  const room = maxCachedWorkflows === 0 ? 1 : Math.max(2, maxCachedWorkflows);
  return { maxCachedWorkflows, maxConcurrentWorkflowTaskExecutions: Math.min(TASKS_AT_ONCE, room) };
}

/** Every task queue that teams need: cases, and each agent's pool. */
export function queuesOf(teams: readonly Team[], caseQueue: string = CASE_QUEUE): readonly string[] {
  return [
    ...new Set([
      caseQueue,
      ...teams.flatMap((team) => Object.values(team.agents).map((agent) => agent.queue)),
    ]),
  ];
}
