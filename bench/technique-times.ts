import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { createActivities } from '../activities/create-activities.ts';
import { defineAgent } from '../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type EdgeOptions } from '../activities/define-team.ts';
import type { CaseActivities, TurnInput } from '../contract/activities.ts';
import type { Message } from '../contract/conversation.ts';
import type { Envelope } from '../contract/envelope.ts';
import { stepKey } from '../contract/keys.ts';
import { jsonBytes } from '../contract/json-bytes.ts';
import type { ContextStore, LedgerStore, ManifestStore } from '../contract/ports.ts';
import { envelopeDigest } from '../contract/seal.ts';
import { cipherOfEnvironment } from '../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../stores/index.ts';
import { mean, median } from './arithmetic.ts';
import { metric, type Metric } from './report.ts';

const MESSAGES = 40;
/** Above what crosses in the payload where a context store is. */
const DOCUMENT = 'The parties agree that the charge of 4 March was made twice. '.repeat(350);

const Facts = z.object({
  order: z.string(),
  account: z.string(),
  phone: z.string().meta({ pii: 'phone' }),
  document: z.string(),
});

/** One way for context to cross. */
interface Technique {
  readonly edge: EdgeOptions;
  /** Whether a context store is there: it keeps the conversation, too. */
  readonly stored?: true;
}

/** `selected` is what every edge does; each other adds one thing to it. */
const TECHNIQUES = {
  selected: { edge: {} },
  summary: { edge: { context: { summary: true } } },
  filtered: { edge: { context: { conversation: { kind: 'filtered', from: ['user'], last: 10 } } } },
  masked: { edge: { redact: 'personal-data' } },
  reference: { edge: { context: { reference: ['document'] } }, stored: true },
  'masked-kept': { edge: { redact: 'personal-data' }, stored: true },
} as const satisfies Readonly<Record<string, Technique>>;
type Name = keyof typeof TECHNIQUES;

/** What one handoff cost: time of both activities, and the bytes of their payloads that stand in the history. */
interface Handoff {
  readonly ms: number;
  readonly bytes: number;
}

interface Stores {
  readonly ledger: LedgerStore;
  readonly manifests: ManifestStore;
  readonly context: ContextStore;
}

/**
 * What each technique of an edge costs per handoff, without a server: the source's turn and the receiver's first,
 * over embedded stores. `baton` is with the technique, `raw` the same handoff with selected fields only and no
 * context store; all alternate in one run.
 * @param handoffs how many of each
 */
export async function measureTechniques(handoffs: number): Promise<readonly Metric[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-bench-'));
  const places = { BATON_LEDGER_URL: `file:${path.join(folder, 'baton.db')}` };
  const [ledger, manifests, context] = await Promise.all([
    openLedgerStore(places.BATON_LEDGER_URL),
    openManifestStore(places.BATON_LEDGER_URL),
    openContextAt(contextLocations(places), cipherOfEnvironment(places)),
  ]);
  try {
    const names = Object.keys(TECHNIQUES) as Name[];
    const desks = new Map<Name, () => Promise<Handoff>>();
    for (const name of names)
      desks.set(name, await handoffBy(TECHNIQUES[name], { ledger, manifests, context }));
    const played = new Map<Name, Handoff[]>(names.map((name) => [name, []]));
    for (let round = 0; round < handoffs; round += 1) {
      // Each time another first, so that a slow minute of the machine strikes all alike.
      for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
        const cost = await desks.get(name)?.();
        if (cost) played.get(name)?.push(cost);
      }
    }
    const figure = (name: Name, of: (costs: readonly Handoff[]) => number): number =>
      of(played.get(name) ?? []);
    const ms = (costs: readonly Handoff[]): number => median(costs.map((one) => one.ms));
    const bytes = (costs: readonly Handoff[]): number => mean(costs.map((one) => one.bytes));
    const row = (kind: string, name: Name, of: (costs: readonly Handoff[]) => number): Metric =>
      metric(`technique_${kind}_${name}`, 1, {
        baton: figure(name, of),
        raw: name === 'selected' ? null : figure('selected', of),
        unit: kind,
      });
    return [...names.map((name) => row('ms', name, ms)), ...names.map((name) => row('bytes', name, bytes))];
  } finally {
    await Promise.all([ledger.close(), manifests.close(), context.close()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A case of its own for one technique, whose first agent hands it to the second again and again. */
async function handoffBy(technique: Technique, stores: Stores): Promise<() => Promise<Handoff>> {
  const trace = randomUUID();
  const shared = { version: '1.0.0', domain: 'bench', accepts: Facts } as const;
  const receiver = defineAgent({
    ...{ ...shared, name: 'receiver', scope: 'Takes the case' },
    run: () => ({ intent: { kind: 'finish', outcome: 'done' } }),
  });
  const source = defineAgent({
    ...{ ...shared, name: 'source', scope: 'Hands the case on' },
    accepts: z.object({}),
    run: () => ({
      intent: {
        kind: 'transfer',
        to: 'receiver',
        reasonCode: 'duplicate-charge',
        explanation: 'the next specialist has the means to go on; call +91 98765 40001',
        facts: {
          ...{ order: 'O-204117', account: 'C-1', phone: '+91 98765 40001', document: DOCUMENT },
          notForThem: 'x'.repeat(500),
        },
      },
    }),
  });
  const team = defineTeam({
    name: 'techniques',
    start: source,
    edges: [
      edge(source, receiver, technique.edge),
      escalate(receiver, people('desk', { ann: { roles: [] } })),
    ],
  });
  const { ledger, manifests, context } = stores;
  const activities = createActivities({
    teams: [team],
    ledger,
    manifests,
    ...(technique.stored ? { context } : {}),
  });
  const said = conversation();
  if (technique.stored) await context.write({ case: { trace, caseId: trace }, messages: said });
  const along = technique.stored
    ? { conversation: [], kept: { after: 0, through: MESSAGES } }
    : { conversation: said };
  const input = (agent: string, turn: number, envelope: Envelope): TurnInput => ({
    ...{ version: '1.0.0', caseId: trace, trace, team: team.name, manifest: team.digest, rows: [] },
    ...{ agent, agentVersion: '1.0.0', turn, envelope, ...along },
    ...{ answeredUpTo: MESSAGES, answers: [], notices: [] },
  });
  await manifests.put(team.digest, team.manifest);
  let turn = 0;
  return async () => {
    turn += 2;
    const began = performance.now();
    const left = await perform(activities, 'turn', input('source', turn, envelopeOf(trace, turn)));
    if (
      left.kind !== 'turned' ||
      !left.crossing ||
      left.crossing.failure ||
      left.turn.intent.kind !== 'transfer'
    )
      throw new Error(`the source did not hand over: ${JSON.stringify(left)}`);
    const { facts, summary } = left.crossing;
    const { reasonCode, explanation } = left.turn.intent;
    const envelope = envelopeOf(trace, turn + 1, {
      memory: { facts: facts as Envelope['memory']['facts'] },
      transfer: {
        ...{ handoffId: 'h1', verb: 'transfer', from: 'source', to: 'receiver', path: ['source'] },
        ...{ reasonCode, explanation },
        ...(summary ? { summary } : {}),
      },
    });
    const offered: TurnInput = {
      ...input('receiver', turn + 1, envelope),
      offer: { handoffId: 'h1', epoch: 1, digest: envelopeDigest(envelope), crossed: left.crossing.declared },
    };
    const taken = await perform(activities, 'handoff', offered);
    const ms = performance.now() - began;
    if (taken.kind !== 'turned' || taken.acknowledgement?.arrived !== left.crossing.digest)
      throw new Error(`what crossed did not arrive: ${JSON.stringify(taken)}`);
    return { ms, bytes: jsonBytes(left) + jsonBytes(offered) + jsonBytes(taken) };
  };
}

type Turned = ReturnType<CaseActivities['turn']>;

function perform(activities: CaseActivities, name: 'turn' | 'handoff', input: TurnInput): Turned {
  const activity = (value: TurnInput): Turned => activities[name](value);
  return new MockActivityEnvironment().run<[TurnInput], Awaited<Turned>, typeof activity>(activity, input);
}

function envelopeOf(trace: string, step: number, more: Partial<Envelope> = {}): Envelope {
  return {
    version: '1.0.0',
    idempotencyKey: stepKey(trace, step, 'handoff'),
    trace,
    step,
    provenance: [],
    effects: [],
    failureModes: { retry: [], human: [] },
    memory: { facts: {} },
    task: {
      ...{ definition: 'Refund a duplicate charge', constraints: {}, acceptance: [] },
      ...{ completed: [], remaining: [], unable: [] },
    },
    ...more,
  };
}

function conversation(): readonly Message[] {
  return Array.from({ length: MESSAGES }, (_, index) => ({
    id: `m${String(index + 1)}`,
    sequence: index + 1,
    at: '2026-11-03T09:15:00.000Z',
    from: index % 2 === 0 ? { kind: 'user' as const } : { kind: 'agent' as const, name: 'source' },
    text: `I was charged twice this month, and this is the ${String(index + 1)}th time that I say so. Why is that?`,
  }));
}
