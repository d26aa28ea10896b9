import { getOwn, type JsonObject } from '../../contract/json.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import { addLost, type LostCalls, type ModelUsage } from '../../contract/model-usage.ts';
import type { ContextStore } from '../../contract/ports.ts';
import type { Progress } from '../../contract/progress.ts';
import type { AgentManifest } from '../../contract/team.ts';
import type { Answer, Surroundings, Taken, Turn } from '../agent.ts';
import { withoutStore } from '../context/converse.ts';
import type { Tool } from '../tool.ts';
import { newsOf, systemPrompt } from './brief.ts';
import { choicesOf, type Choices } from './choices.ts';
import { dataMarks, type DataMarks } from './data-marks.ts';
import { interpret } from './interpret.ts';
import { askModels } from './ask-models.ts';
import type { ModelMessage, ModelPart } from './model.ts';
import type { ModelList } from './model-list.ts';
import { openProgress } from './progress-feed.ts';
import { promptVersion, type Prompt } from './prompt.ts';
import { tenantPurse } from './tenant-purse.ts';
import {
  entryKey,
  keepEntry,
  keptEntry,
  readThread,
  type KeptEntry,
  type Thread,
  type ThreadEntry,
} from './thread.ts';

/** What an agent's author said of its model. */
export interface ModelUse {
  readonly agent: string;
  readonly prompt: Prompt;
  readonly tools: Readonly<Record<string, Tool>>;
  readonly outcomes: readonly string[] | undefined;
  readonly temperature: number | undefined;
  readonly maxOutputTokens: number;
  readonly idleMs: number;
  readonly learn: (turn: Turn<JsonObject>) => JsonObject;
  readonly models: ModelList;
}

/**
 * One turn of an agent with a model: one call of it, kept before anything is made of it. What was told and said
 * stands in the context store under the key of the turn, so that a retry of the turn reads its answer and pays
 * nothing; the case has the reference. What the model asks for is done by the case, each call an activity.
 */
export async function takeModelTurn(
  built: ModelUse,
  turn: Turn<JsonObject>,
  surroundings: Surroundings,
): Promise<Taken> {
  const { context: store, manifest } = surroundings;
  if (!store) throw withoutStore();
  const agent = getOwn(manifest.agents, built.agent);
  if (!agent) throw new BatonError(failure('AGENT_UNKNOWN', `${built.agent} is not in the team of the case`));
  const use = await asPinned(built, agent, surroundings);
  const key = entryKey(use.agent, turn.envelope.idempotencyKey);
  // What the results of this turn establish is known already: a receiver's schema does not ask a model for it.
  const learnt = use.learn(turn);
  const knowing = { ...turn, memory: { ...turn.memory, ...learnt } };
  const choices = choicesOf(knowing, manifest, agent, use.outcomes);
  const [kept, thread] = await Promise.all([
    keptEntry(store, turn.trace, key),
    readThread(store, turn.trace, use.agent, surroundings.thread),
  ]);
  const marks = dataMarks(turn.trace);
  const answered =
    kept ?? (await askModel(use, turn, { ...surroundings, store, agent, choices, thread, marks, key }));
  if (kept) await retell(store, turn, surroundings.owner, kept.entry, use.agent);
  const interpreted = interpret(answered.entry, {
    turn,
    manifest,
    agent,
    tools: use.tools,
    choices,
    earlier: thread.entries,
  });
  const trace = { thread: answered.reference, usage: answered.entry.usage as ModelUsage };
  if (!interpreted.ok) return { kind: 'refused', failure: interpreted.failure, ...trace };
  const answer = withProvenance(interpreted.answer, answered.entry, use, learnt);
  return { kind: 'answered', answer, ...trace };
}

/** A case keeps the instructions that it began with, whatever a newer build says (H11). */
async function asPinned(
  use: ModelUse,
  { prompt: pinned }: AgentManifest,
  { readPrompt }: Surroundings,
): Promise<ModelUse> {
  // Manifests of earlier releases name none.
  if (!pinned || pinned.digest === use.prompt.digest) return use;
  return { ...use, prompt: await readPrompt(pinned) };
}

/** What asking needs beside the turn. */
interface Asking extends Omit<Surroundings, 'thread'> {
  readonly store: ContextStore;
  readonly agent: AgentManifest;
  readonly choices: Choices;
  readonly thread: Thread;
  readonly marks: DataMarks;
  readonly key: string;
}

async function askModel(use: ModelUse, turn: Turn<JsonObject>, asking: Asking): Promise<KeptEntry> {
  const { store, agent, choices, thread, marks, key } = asking;
  const news = newsOf(use.agent, turn, thread.entries.at(-1), marks);
  const request = {
    system: systemPrompt(agent, use.prompt.text, marks),
    messages: [...messagesOf(thread), ...news.asked],
    tools: choices.tools,
    temperature: use.temperature,
    maxOutputTokens: use.maxOutputTokens,
    idleMs: use.idleMs,
    signal: turn.signal,
  };
  const { models: settings, allowance } = asking;
  const { attempt } = turn;
  const feed = openProgress(store, asking.owner, {
    ...{ agent: use.agent, turn: turn.number, attempt },
    ...askedIn(turn),
  });
  const purse = tenantPurse(asking.budgets, asking.owner.caseId, `${key} ${String(attempt)}`);
  const named = [...agent.failures.retry, ...agent.failures.human];
  const house = { settings, allowance, attempt, feed, purse, named };
  const models = use.models.choose(settings, agent.models);
  const { said, model, usage, own, passedOver } = await askModels(models, request, house).catch(
    async (thrown: unknown) => {
      await feed.end();
      throw thrown;
    },
  );
  const entry: ThreadEntry = {
    version: '1.0.0',
    ...(thread.last ? { previous: thread.last } : {}),
    ...news,
    parts: said.parts.map((part) => ({ ...part })) as ThreadEntry['parts'],
    finish: said.finish,
    model,
    served: said.served,
    usage: { ...usage },
    ...(passedOver.length > 0 ? { passedOver: [...passedOver] } : {}),
  };
  const [kept] = await Promise.all([keepEntry(store, asking.owner, key, entry), feed.end()]);
  return kept.entry === entry ? kept : beaten(kept, own);
}

/**
 * The attempt before this one was given up for dead, and was faster: its answer is that of the turn, and what this one
 * took is lost beside it. The tenant has paid for both (G3).
 */
function beaten({ entry, reference }: KeptEntry, own: LostCalls): KeptEntry {
  const usage = { ...entry.usage, lost: addLost(entry.usage.lost, own) };
  return { entry: { ...entry, usage }, reference };
}

/** An attempt that finds its answer kept tells the feed what it is: the one before may have died in mid-sentence. */
async function retell(
  store: ContextStore,
  turn: Turn<JsonObject>,
  of: Asking['owner'],
  entry: ThreadEntry,
  agent: string,
): Promise<void> {
  const { number, attempt } = turn;
  if (attempt === 1) return;
  const feed = openProgress(store, of, { agent, turn: number, attempt, ...askedIn(turn) });
  for (const part of entry.parts) if (part.kind === 'text') feed.text(part.text);
  await feed.end();
}

/** Whoever follows along must be able to tell words to a colleague from words to the user. */
function askedIn({ asked }: Turn<JsonObject>): Pick<Progress, 'asked'> {
  if (!asked || asked.review) return {};
  const { by, askId, fanOut } = asked;
  return { asked: { by, askId, ...(fanOut === undefined ? {} : { fanOut }) } };
}

function messagesOf({ entries }: Thread): readonly ModelMessage[] {
  return entries.flatMap((entry): readonly ModelMessage[] => [
    ...entry.asked,
    { role: 'assistant', parts: spoken(entry), model: entry.model },
  ]);
}

/** Vendors refuse an answer without anything in it when it comes back to them. */
function spoken({ parts }: ThreadEntry): readonly ModelPart[] {
  const said = parts.some((part) => part.kind === 'call' || (part.kind === 'text' && part.text !== ''));
  return said ? parts : [...parts, { kind: 'text', text: '(nothing)' }];
}

/** Which model and which prompt decided, and what the agent makes of the answers it was given (H5). */
function withProvenance(answer: Answer, entry: ThreadEntry, use: ModelUse, learnt: JsonObject): Answer {
  const [vendor] = entry.model.split(':');
  return {
    ...answer,
    facts: { ...learnt, ...answer.facts } as NonNullable<Answer['facts']>,
    provenance: {
      ...answer.provenance,
      modelVersion: `${vendor ?? ''}:${entry.served}`.slice(0, 200),
      promptVersion: promptVersion(use.prompt).slice(0, 200),
      ...(entry.passedOver ? { passedOver: entry.passedOver } : {}),
    },
  };
}
