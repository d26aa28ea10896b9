import { randomBytes } from 'node:crypto';
import type {
  CallOutput,
  CaseContext,
  Crossing,
  StandInCrossing,
  TurnOutput,
} from '../../contract/activities.ts';
import type { Summary } from '../../contract/envelope.ts';
import { failure, failureEntry, type Failure } from '../../contract/failures.ts';
import { getOwn, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { openKeeping, type Keeping } from '../../contract/keeping.ts';
import { keptTextOf } from '../../contract/kept-text.ts';
import type { ContextStore } from '../../contract/ports.ts';
import { isMask, withReasons } from '../../contract/redaction.ts';
import { referenceOf } from '../../contract/reference-fact.ts';
import type { TeamManifest } from '../../contract/team.ts';
import type { AgentTurn, Call, Intent } from '../../contract/turn.ts';
import { crossingDigest, workingMemoryOf, type WorkingMemory } from '../../contract/working-memory.ts';
import type { Leaving } from '../exit-edge.ts';
import { withoutStore } from './converse.ts';
import { namesDecidedBy } from './facts-by-reference.ts';
import { patiently } from './patience.ts';

const SECRET_BYTES = 32;

/** What an activity of a private team keeps with, and by which manifest. */
export interface Privacy extends Keeping {
  readonly manifest: TeamManifest;
}

/**
 * What the activities of a case keep with; undefined where its team lets words stand in the history.
 * @throws `STORE_UNAVAILABLE`, `PERSON_ERASED`
 */
export async function openPrivacy(
  store: ContextStore | undefined,
  manifest: TeamManifest,
  { caseId, person }: Pick<CaseContext, 'caseId' | 'person'>,
): Promise<Privacy | undefined> {
  if (manifest.private !== 'all') return undefined;
  if (!store) throw withoutStore();
  const owner = { caseId, ...(person === undefined ? {} : { person }) };
  const keeping = await patiently(() =>
    openKeeping(store, owner, () => randomBytes(SECRET_BYTES).toString('base64url')),
  );
  return { ...keeping, manifest, write: () => patiently(keeping.write) };
}

/** A turn on its way into the history of a private team: words and values are kept, and references stand for them. */
export function keepTurn(
  privacy: Privacy,
  from: { readonly agent: string; readonly given: JsonObject },
  left: Pick<Leaving, 'turn' | 'crossing' | 'crossings'>,
): Pick<Leaving, 'turn' | 'crossing' | 'crossings'> {
  const { turn, crossing, crossings } = left;
  const { say, recordsRead, workingMemory, provenance } = turn;
  const kept: AgentTurn = {
    ...turn,
    intent: keepIntent(privacy, from.agent, turn.intent),
    facts: keepFacts(privacy, turn.facts, from.given) as AgentTurn['facts'],
    ...(say === undefined ? {} : { say: keepText(privacy, say) }),
    ...(recordsRead ? { recordsRead: keepTexts(privacy, recordsRead) } : {}),
    ...(workingMemory ? { workingMemory: keepStated(privacy, workingMemory) } : {}),
    provenance: {
      ...provenance,
      ...(provenance.reason === undefined ? {} : { reason: keepText(privacy, provenance.reason) }),
      ...(provenance.elsewhere
        ? { elsewhere: withReasons(provenance.elsewhere, (reason) => keepText(privacy, reason)) }
        : {}),
    },
  };
  return {
    turn: kept,
    ...(crossing ? { crossing: keepCrossing(privacy, crossing, from.given) } : {}),
    ...(crossings
      ? { crossings: crossings.map((one) => one && keepCrossing(privacy, one, from.given)) }
      : {}),
  };
}

/** What became of a turn beside its answer: why there is none. */
export function keepRefusal(privacy: Privacy, output: TurnOutput): TurnOutput {
  if (output.kind === 'turned' || output.kind === 'waiting') return output;
  if (output.kind === 'lacking') return { ...output, facts: keepFacts(privacy, output.facts, {}) };
  return { ...output, failure: keepFailure(privacy, output.failure) };
}

/** The answer of a tool. */
export function keepAnswer<Output extends CallOutput>(privacy: Privacy, output: Output): Output {
  return output.kind === 'done'
    ? { ...output, result: privacy.keep(output.result) }
    : { ...output, failure: keepFailure(privacy, output.failure) };
}

/** A failure whose particulars are kept: what they quote may be anybody's words. Code and remedy stay. */
export function keepFailure(privacy: Pick<Privacy, 'keep'>, what: Failure): Failure {
  const { message, remedy } = failureEntry(what.code);
  const [before, after] = [`${message}: `, `; ${remedy}`];
  if (what.message === `${message}${after}`) return what;
  const whole = !what.message.startsWith(before) || !what.message.endsWith(after);
  const detail = whole ? what.message : what.message.slice(before.length, -after.length);
  return { ...what, message: failure(what.code, privacy.keep(detail)).message };
}

/** Digest of facts and working memory as they crossed, from the values that were read: equal to that of the references sent (X6). */
export function digestOfKept(privacy: Privacy, facts: JsonObject, memory: WorkingMemory | undefined): string {
  const words = { ...privacy, keep: privacy.wordsFor };
  return crossingDigest(keepFacts(words, facts, {}), memory && keepMemory(words, memory));
}

/** Words and results by reference, as facts are. */
function keepMemory(privacy: Privacy, memory: WorkingMemory): WorkingMemory {
  const { intent, recordsRead, partialResults } = memory;
  return workingMemoryOf({
    ...(intent === undefined ? {} : { intent: keepText(privacy, intent) }),
    ...(recordsRead ? { recordsRead: keepTexts(privacy, recordsRead) } : {}),
    ...(partialResults ? { partialResults: keepMembers(privacy, partialResults, () => false, []) } : {}),
  });
}

/** What an agent stated; `null` takes a result away, and says nothing. */
function keepStated(
  privacy: Privacy,
  { intent, partialResults }: NonNullable<AgentTurn['workingMemory']>,
): NonNullable<AgentTurn['workingMemory']> {
  return {
    ...(intent === undefined ? {} : { intent: keepText(privacy, intent) }),
    ...(partialResults
      ? {
          partialResults: keepMembers(privacy, partialResults, () => false, []) as typeof partialResults,
        }
      : {}),
  };
}

/**
 * Facts by reference, each whole. Those that approvals decide by stay, for the workflow looks at them, and masks, which
 * say what may be said.
 * @param given what the owner has by reference already
 */
function keepFacts(privacy: Privacy, facts: JsonObject, given: JsonObject): JsonObject {
  const decided = namesDecidedBy(privacy.manifest);
  return keepMembers(privacy, facts, (name) => decided.has(name), Object.values(given));
}

function keepMembers(
  { keep }: Pick<Privacy, 'keep'>,
  members: JsonObject,
  stays: (name: string) => boolean,
  given: readonly (JsonValue | undefined)[],
): JsonObject {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      if (value === undefined || value === null || stays(name) || isMask(value)) return [name, value];
      const passedOn = keptTextOf(value) !== undefined && given.includes(value);
      return [name, passedOn || referenceOf(value) ? value : keep(value)];
    }),
  );
}

function keepIntent(privacy: Privacy, agent: string, intent: Intent): Intent {
  const optional = <Name extends string>(
    name: Name,
    text: string | undefined,
  ): Partial<Record<Name, string>> =>
    (text === undefined ? {} : { [name]: keepText(privacy, text) }) as Partial<Record<Name, string>>;
  switch (intent.kind) {
    case 'reply':
      return {
        ...intent,
        text: keepText(privacy, intent.text),
        ...(intent.missing
          ? {
              missing: intent.missing.map((one) => ({
                ...one,
                why: keepText(privacy, one.why),
                ...optional('question', one.question),
              })),
            }
          : {}),
      };
    case 'call':
      return { ...intent, calls: intent.calls.map((call) => keepCall(privacy, agent, call)) };
    case 'ask':
      return { ...intent, question: keepText(privacy, intent.question), facts: {} };
    case 'fan-out':
      return {
        ...intent,
        asks: intent.asks.map((one) => ({ ...one, question: keepText(privacy, one.question), facts: {} })),
      };
    case 'transfer':
    case 'return':
    case 'escalate':
      return {
        ...intent,
        explanation: keepText(privacy, intent.explanation),
        facts: keepFacts(privacy, intent.facts, {}) as typeof intent.facts,
        ...(intent.summary ? { summary: keepSummary(privacy, intent.summary) } : {}),
        completed: keepTexts(privacy, intent.completed),
        remaining: keepTexts(privacy, intent.remaining),
        unable: keepTexts(privacy, intent.unable),
      };
    case 'ask-review':
      return {
        ...intent,
        question: keepText(privacy, intent.question),
        subject: intent.subject === null ? null : privacy.keep(intent.subject),
      };
    case 'finish':
      return {
        ...intent,
        ...optional('text', intent.text),
        ...(intent.summary ? { summary: keepSummary(privacy, intent.summary) } : {}),
      };
  }
}

/** Arguments by reference, but for those that an approval or the agent's authority looks at. */
function keepCall(privacy: Privacy, agent: string, call: Call): Call {
  const { agents } = privacy.manifest;
  const bounds = getOwn(getOwn(agents, agent)?.authority ?? {}, call.tool) ?? {};
  const decided = namesDecidedBy(privacy.manifest);
  const stays = (name: string): boolean => decided.has(name) || Object.hasOwn(bounds, name);
  return { ...call, arguments: keepMembers(privacy, call.arguments, stays, []) as Call['arguments'] };
}

function keepCrossing(privacy: Privacy, crossing: Crossing, given: JsonObject): Crossing {
  const { standIns, summary, failure: problem } = crossing;
  const facts = keepFacts(privacy, crossing.facts, given);
  const memory = keepCrossed(privacy, crossing.memory);
  return {
    ...crossing,
    facts,
    // Of the references, which are salted: a short value is not found by trying digests.
    ...(crossing.digest === undefined ? {} : { digest: crossingDigest(facts, memory?.crossed) }),
    ...(memory ? { memory } : {}),
    ...(summary ? { summary: keepSummary(privacy, summary) } : {}),
    ...(problem ? { failure: keepFailure(privacy, problem) } : {}),
    ...(standIns
      ? {
          standIns: Object.fromEntries(
            Object.entries(standIns).map(([name, one]): readonly [string, StandInCrossing] => [
              name,
              {
                ...one,
                facts: keepFacts(privacy, one.facts, given),
                ...(one.memory ? { memory: keepCrossed(privacy, one.memory) } : {}),
              },
            ]),
          ),
        }
      : {}),
  };
}

/** The working memory of a crossing; what is left behind is named alone. */
export function keepCrossed<Memory extends Crossing['memory']>(privacy: Privacy, memory: Memory): Memory {
  return memory?.crossed ? { ...memory, crossed: keepMemory(privacy, memory.crossed) } : memory;
}

function keepSummary(privacy: Privacy, { decision, inputs, openQuestions }: Summary): Summary {
  return {
    decision: keepText(privacy, decision),
    inputs: keepTexts(privacy, inputs),
    openQuestions: keepTexts(privacy, openQuestions),
  };
}

function keepTexts(privacy: Privacy, texts: readonly string[]): string[] {
  return texts.map((text) => keepText(privacy, text));
}

function keepText(privacy: Privacy, text: string): string {
  return text === '' ? text : privacy.keep(text);
}
