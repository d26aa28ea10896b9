import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { WorkflowBundleOption } from '@temporalio/worker';
import type { Team } from '../activities/define-team.ts';
import type { ModelSettings } from '../activities/models/model-settings.ts';
import { connectBaton } from '../client/connect-baton.ts';
import type { BatonClient } from '../client/baton-client.ts';
import type { DirectoryAnswer, DirectoryQuestion } from '../contract/directory.ts';
import { getOwn } from '../contract/json.ts';
import type { CaseStage } from '../contract/lifecycle.ts';
import type { LedgerStore } from '../contract/ports.ts';
import { cipherOfEnvironment } from '../security/case-keys.ts';
import { contextLocations, openContextAt } from '../stores/context-locations.ts';
import { openBreakerStore, openLedgerStore, openManifestStore } from '../stores/open-stores.ts';
import { connectWorkers } from '../workers/connect.ts';
import { createWorkers } from '../workers/create-workers.ts';
import { contextsFor, type ContextKind, type UpstreamContext } from './contexts.ts';
import { actsOf, judge, type Act, type TriedContext } from './judge.ts';
import { createWatch, type Watch } from './watch.ts';
import { stageRoles, type SimulationNotes, type Staged } from './stage-team.ts';

/** How a team is tried. */
export interface SimulationOptions {
  readonly team: Team;
  readonly notes?: SimulationNotes;
  readonly address?: string;
  readonly namespace?: string;
  /** Roles to try; all when absent. */
  readonly roles?: readonly string[];
  readonly models?: ModelSettings;
  /** How long one case may take to come to rest, in milliseconds; a minute when absent. */
  readonly restMs?: number;
  readonly bundle?: WorkflowBundleOption;
  readonly signal?: AbortSignal;
}

/** What one role did. */
export interface TriedRole {
  readonly role: string;
  readonly contexts: readonly TriedContext[];
}

/** What a team did. */
export interface Simulation {
  readonly team: string;
  readonly roles: readonly TriedRole[];
  /** Tools that stood in: none of them has done anything outside. */
  readonly stoodIn: readonly string[];
  /** How often a role was careless. */
  readonly careless: number;
}

const REST_MS = 60_000;
const AT_ONCE = 4;

/**
 * Tries every role of a team with good and bad context from upstream, on a real server and the team's real agents,
 * in cases of its own: queues, stores and keys are made for it and thrown away, and every tool stands in. People are
 * not asked: a case that waits for one is at rest. What waits at the end is cancelled.
 * @throws BatonError `SERVER_UNREACHABLE`, `TEAM_INVALID`
 */
export async function simulateTeam(options: SimulationOptions): Promise<Simulation> {
  const { team, notes = {}, models, bundle } = options;
  const suffix = randomUUID().slice(0, 8);
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-simulation-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const opened = <Resource extends { close(): Promise<void> }>(resource: Resource): Resource => {
    closers.unshift(() => resource.close());
    return resource;
  };
  try {
    const contexts = new Map(
      Object.values(team.manifest.agents).map((agent) => [
        agent.name,
        contextsFor(agent, getOwn(notes.roles ?? {}, agent.name)),
      ]),
    );
    const contextsOf = (role: string): Readonly<Partial<Record<ContextKind, UpstreamContext>>> =>
      Object.fromEntries((contexts.get(role) ?? []).map((one) => [one.kind, one]));
    const watch = createWatch();
    const staged = stageRoles(team, contextsOf, suffix, notes, watch.see).filter(
      ({ role }) => options.roles?.includes(role) ?? true,
    );
    const file = `file:${path.join(folder, 'simulation.db')}`;
    const { address, namespace } = options;
    const server = {
      ...(address === undefined ? {} : { address }),
      ...(namespace === undefined ? {} : { namespace }),
    };
    const workersAt = await connectWorkers(server);
    const { connection } = workersAt;
    opened(connection);
    const ledger = opened(await openLedgerStore(file));
    const manifests = opened(await openManifestStore(file));
    const breakers = opened(await openBreakerStore(file));
    const locations = contextLocations({ BATON_LEDGER_URL: file });
    const context = opened(await openContextAt(locations, cipherOfEnvironment({})));
    const teams = staged.map((one) => one.team);
    const caseQueue = `baton-simulation-${suffix}`;
    const workers = await createWorkers({
      connection,
      namespace: workersAt.namespace,
      teams,
      ledger,
      manifests,
      breakers,
      context,
      caseQueue,
      directory: { consult: (question) => Promise.resolve(somebodyThere(question)) },
      ...(models ? { models } : {}),
      ...(bundle ? { bundle } : {}),
      graceMs: 1_000,
    });
    const running = workers.run();
    running.catch(() => undefined);
    closers.unshift(async () => {
      workers.stop();
      await running;
    });
    const privateTeams = teams.filter((one) => one.manifest.private === true).map((one) => one.name);
    const baton = opened(
      await connectBaton({
        address: workersAt.address,
        namespace: workersAt.namespace,
        ledger,
        context,
        privateTeams,
        environment: {},
      }),
    );
    const roles: TriedRole[] = [];
    for (const one of staged)
      roles.push(
        await tryRole(baton, one, contexts.get(one.role) ?? [], {
          ...options,
          caseQueue,
          suffix,
          ledger,
          watch,
        }),
      );
    const findings = roles.flatMap((one) => one.contexts.flatMap((tried) => tried.findings));
    const stoodIn = new Set(Object.values(team.agents).flatMap((agent) => Object.keys(agent.tools)));
    return {
      team: team.name,
      roles,
      stoodIn: [...stoodIn].toSorted(),
      careless: findings.filter((one) => one.kind === 'careless').length,
    };
  } finally {
    for (const close of closers) await close();
  }
}

interface House extends SimulationOptions {
  readonly caseQueue: string;
  readonly suffix: string;
  readonly ledger: LedgerStore;
  readonly watch: Watch;
}

async function tryRole(
  baton: BatonClient,
  staged: Staged,
  contexts: readonly UpstreamContext[],
  house: House,
): Promise<TriedRole> {
  const acts: (readonly Act[])[] = [];
  for (let from = 0; from < contexts.length; from += AT_ONCE) {
    const some = contexts.slice(from, from + AT_ONCE);
    acts.push(...(await Promise.all(some.map((one) => playOne(baton, staged, one, house)))));
  }
  const [sound = []] = acts;
  return {
    role: staged.role,
    contexts: contexts.map(({ kind }, index) => {
      const mine = acts[index] ?? [];
      return { context: kind, acts: mine, findings: judge(kind, mine, sound) };
    }),
  };
}

async function playOne(
  baton: BatonClient,
  { role, team }: Staged,
  context: UpstreamContext,
  { caseQueue, suffix, ledger, watch, restMs = REST_MS, signal }: House,
): Promise<readonly Act[]> {
  const caseId = `simulation-${suffix}-${role}-${context.kind}`;
  const { trace } = await baton.open(
    {
      team: team.name,
      task: { definition: 'Help the user' },
      facts: { context: context.kind },
      message: { id: 'user-1', text: context.message },
      user: { id: `simulated-${suffix}` },
      channel: 'simulation',
    },
    { caseId, queue: caseQueue },
  );
  const end = Date.now() + restMs;
  const rested = await until(end, signal, async () => isAtRest((await baton.status(caseId)).stage));
  const view = await baton.show(caseId);
  // A case at rest leaves no row unrecorded; the flush may still be under way.
  await until(end, signal, async () => ((await ledger.head(trace))?.sequence ?? 0) >= view.ledger.sequence);
  const writes = Object.values(team.manifest.agents[role]?.tools ?? {}).filter(
    (tool) => tool.effect === 'write',
  );
  const watched = watch
    .actsOf(role, caseId)
    .filter((act) => act.kind !== 'looked-up' || !writes.some((tool) => tool.name === act.tool));
  const acts = actsOf(role, view, await ledger.read(trace, { limit: 1_000 }), watched);
  if (view.outcome === undefined) await baton.cancel(caseId).catch(() => undefined);
  return rested ? acts : [...acts, { kind: 'never-rested' }];
}

async function until(
  end: number,
  signal: AbortSignal | undefined,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  for (let pause = 50; ; pause = Math.min(1.5 * pause, 500)) {
    if (await holds()) return true;
    if (Date.now() > end) return false;
    await wait(pause, undefined, signal ? { signal } : {});
  }
}

function isAtRest(stage: CaseStage): boolean {
  return ['waiting-user', 'waiting-person', 'human', 'parked', 'closed'].includes(stage);
}

/** Pools that a directory knows have somebody at work, who never does anything. */
function somebodyThere({ staffing, from, intervals }: DirectoryQuestion): DirectoryAnswer {
  return {
    people: { somebody: { roles: [...(staffing.roles ?? []), ...(staffing.skills ?? [])] } },
    open: true,
    instants: intervals.map((interval) => new Date(Date.parse(from) + interval).toISOString()),
  };
}
