import type { Team } from '../../activities/define-team.ts';
import type { CallAnswer, Crossing } from '../../contract/activities.ts';
import { crossFacts } from '../../contract/adapters.ts';
import { failure, isBatonError, type FailureCode } from '../../contract/failures.ts';
import { getOwn, type JsonObject } from '../../contract/json.ts';
import type { Call } from '../../contract/turn.ts';
import { cutMemory, joinMemory, workingMemoryOf, type WorkingMemory } from '../../contract/working-memory.ts';
import { answerTo, collectAnswers, failureOfStatus, questionsOf, type CollectedAnswers } from './answers.ts';
import { composeCall, composeTurn, handedOver, manifestOf, taskOf } from './compose.ts';
import { withInput, withTurn, type Line } from './line.ts';
import { openPlace } from './place.ts';
import type {
  Rehearsal,
  RehearsalOptions,
  RehearsedInput,
  RehearsedQuestion,
  RehearsedTurn,
} from './rehearsal.ts';
import { noWrites } from './writes.ts';

/** What its agent does not see of a turn that was taken. */
interface Stand {
  readonly line: Line;
  readonly crossing: Crossing | undefined;
}

/** A question on its way, with what its asker does not see of it. */
interface Put {
  readonly key: string;
  readonly asker: Line;
  readonly memory: WorkingMemory;
}

/** The faults of an asked agent that are none of its answers: they are to be mended. */
const FAULTS: readonly FailureCode[] = ['AGENT_INPUT_INVALID', 'AGENT_OUTPUT_INVALID', 'AGENT_UNKNOWN'];

/**
 * Takes a team through turns without a server, a network or a key: see {@link Rehearsal}.
 * @throws BatonError `CONFIGURATION_INVALID` for a team that needs what `options` do not bring, such as a directory of people
 */
export function rehearse(team: Team, options: RehearsalOptions = {}): Rehearsal {
  const { task = 'help the customer', ...dependencies } = options;
  const { manifest } = team;
  const place = openPlace(team, dependencies);
  const writes = noWrites(place.undo);
  const stands = new WeakMap<RehearsedTurn, Stand>();
  const puts = new WeakMap<RehearsedQuestion, Put>();
  /** What whoever was asked hands back of its working memory, by question. */
  const returned = new Map<string, WorkingMemory>();
  let turns = 0;
  let steps = 0;
  let fanOuts = 0;
  let asked = 0;

  function standOf(before: RehearsedTurn): Stand {
    const stand = stands.get(before);
    if (stand) return stand;
    throw new RangeError(`this turn of ${before.agent} was not taken in this rehearsal`);
  }

  function putOf(question: RehearsedQuestion): Put {
    const put = puts.get(question);
    if (put) return put;
    throw new RangeError(`this question to ${question.to} was not put in this rehearsal`);
  }

  async function take(line: Line, input: RehearsedInput, offered = false): Promise<RehearsedTurn> {
    turns += 1;
    steps += offered ? 1 : 0;
    const told = withInput(line, input);
    const agent = manifestOf(manifest, line.agent);
    const sent = composeTurn(place, told, input, { agent, turn: turns, step: steps, offered });
    const output = await place.take(sent);
    const { turn, crossing, usage } = output;
    const after = withTurn(told, turn, output.thread);
    const crossings = output.crossings ?? [crossing];
    fanOuts += turn.intent.kind === 'fan-out' ? 1 : 0;
    const fanOut = `f${String(fanOuts)}`;
    const questions = questionsOf(turn, crossings, line, manifest, fanOut);
    const taken: RehearsedTurn = {
      agent: line.agent,
      turn,
      facts: after.facts,
      questions,
      ...(crossing && questions.length === 0 ? { crossing: shownOf(crossing) } : {}),
      ...(usage ? { usage } : {}),
    };
    for (const [index, question] of questions.entries())
      puts.set(question, {
        key: `${String(turns)} ${question.id}`,
        asker: after,
        memory: crossings[index]?.memory?.crossed ?? {},
      });
    stands.set(taken, { line: after, crossing });
    return taken;
  }

  /** Calls of a turn, one after the other, by the team's own tools. */
  async function callTools(line: Line, calls: readonly Call[]): Promise<readonly CallAnswer[]> {
    const { tools } = manifestOf(manifest, line.agent);
    const answers: CallAnswer[] = [];
    for (const call of calls) {
      const { id, tool: name } = call;
      const tool = getOwn(tools, name);
      if (!tool) {
        const unknown = failure('TOOL_UNKNOWN', `${line.agent} has no ${name}`);
        answers.push({ id, tool: name, answer: { kind: 'refused', failure: unknown } });
        continue;
      }
      steps += 1;
      const input = composeCall(place, line, call, steps);
      const { effect, reversible } = tool;
      // On record before it is tried: what fails may have been done (I5).
      if (effect === 'write') writes.note({ input, askedFor: line.askedFor, reversible });
      answers.push({ id, tool: name, answer: await place.call(effect, input) });
    }
    return answers;
  }

  async function goOn(before: RehearsedTurn, input: RehearsedInput = {}): Promise<RehearsedTurn> {
    const { line } = standOf(before);
    const { turn, questions } = before;
    if (turn.intent.kind === 'call')
      return take(line, { ...input, answers: input.answers ?? (await callTools(line, turn.intent.calls)) });
    if (questions.length === 0) return take(line, input);
    const collected = collectAnswers(questions, input.answers ?? [], turn, manifest);
    const answers =
      turn.intent.kind === 'fan-out' ? await withTakenBack(questions, collected) : collected.answers;
    const memory = questions
      .flatMap((one) => returned.get(putOf(one).key) ?? [])
      .reduce<WorkingMemory>(joinMemory, line.memory);
    const notices = [...(input.notices ?? []), ...collected.notices];
    return take({ ...line, memory }, { ...input, answers, notices });
  }

  /** What was written for those that do not count is taken back, and they say so. */
  async function withTakenBack(
    questions: readonly RehearsedQuestion[],
    { answers, met }: CollectedAnswers,
  ): Promise<readonly CallAnswer[]> {
    const left = answers.map((one) => !met || one.answer.kind !== 'done');
    const keys = questions.map((one) => putOf(one).key);
    const gone = await writes.takeBack(keys.filter((_, index) => left[index]));
    return answers.map((one, index): CallAnswer => {
      const { takenBack = [], kept = [] } = gone.find(({ question }) => question === keys[index]) ?? {};
      if (!one.asked) return one;
      return {
        ...one,
        asked: {
          ...one.asked,
          ...(takenBack.length > 0 ? { takenBack } : {}),
          ...(kept.length > 0 ? { kept } : {}),
        },
      };
    });
  }

  async function answer(question: RehearsedQuestion): Promise<CallAnswer> {
    const { asker, key, memory } = putOf(question);
    const { to, by, reasonCode, fanOut, refusal } = question;
    if (refusal) throw new RangeError(`${to} is not asked: ${refusal.message}`);
    asked += 1;
    const line: Line = {
      ...{ agent: to, askers: [...asker.askers, by], facts: question.facts, memory },
      ...{ conversation: [], answeredUpTo: 0, task: taskOf(question.question) },
      askedFor: [...asker.askedFor, key],
      asked: {
        ...{ askId: `a${String(asked)}`, by, reasonCode, question: question.question },
        ...(fanOut === undefined ? {} : { fanOut }),
      },
    };
    try {
      return answerTo(question, await workOn(question, key, line));
    } catch (thrown) {
      if (!isBatonError(thrown) || FAULTS.includes(thrown.code)) throw thrown;
      const { code, message } = thrown;
      return answerTo(question, { kind: 'failed', failure: { code, message } });
    }
  }

  /** Turns of whoever is asked, until one of them answers. */
  async function workOn(question: RehearsedQuestion, key: string, line: Line): Promise<CallAnswer['answer']> {
    const { to } = question;
    let last = await take(line, {});
    for (let count = 1; count <= manifest.limits.turns; count += 1) {
      const { turn, questions } = last;
      const { intent } = turn;
      switch (intent.kind) {
        case 'reply':
        case 'finish': {
          handBackMemory(question, key, standOf(last).line);
          const said = {
            text: intent.text ?? '',
            ...(intent.kind === 'finish' ? { outcome: intent.outcome } : {}),
          };
          return { kind: 'done', result: { ...said, facts: handedBack(question, turn.facts) } };
        }
        case 'transfer':
        case 'return':
        case 'escalate': {
          const why = `${to}: ${intent.reasonCode}. ${intent.explanation}`;
          return { kind: 'failed', failure: failure('ASK_DECLINED', why) };
        }
        case 'call':
          last = await goOn(last);
          break;
        case 'ask':
        case 'fan-out': {
          const answers: CallAnswer[] = [];
          for (const one of questions) if (!one.refusal) answers.push(await answer(one));
          last = await goOn(last, { answers });
          break;
        }
        case 'ask-review':
          throw new RangeError(`${to} asks people, whom nobody plays here: take its turns one by one`);
      }
    }
    return {
      kind: 'failed',
      failure: failure('TURN_LIMIT', `${to} took ${String(manifest.limits.turns)} turns`),
    };
  }

  function handedBack({ by, to }: RehearsedQuestion, facts: JsonObject): JsonObject {
    // Over a way that redacts, only words come back.
    const known = redacts(by, to) ? {} : facts;
    return crossFacts(manifestOf(manifest, by).accepts, [], known).facts;
  }

  function handBackMemory({ by, to }: RehearsedQuestion, key: string, { memory }: Line): void {
    const { recordsRead, partialResults } = memory;
    const accepted = redacts(by, to) ? undefined : manifestOf(manifest, by).workingMemory;
    const { crossed } = cutMemory(accepted, workingMemoryOf({ recordsRead, partialResults }));
    if (crossed) returned.set(key, crossed);
  }

  function redacts(by: string, to: string): boolean {
    return manifest.asks?.find((one) => one.from === by && one.to === to)?.redact !== undefined;
  }

  return {
    caseId: place.around.caseId,
    turn: (agent, input = {}) =>
      take(
        {
          ...{ agent, askers: [], facts: {}, memory: {}, conversation: [], answeredUpTo: 0, askedFor: [] },
          task: taskOf(task),
        },
        input,
      ),
    goOn,
    handOver: async (before) => {
      const { line, crossing } = standOf(before);
      return take(handedOver(line, before.turn, crossing, manifest), {}, true);
    },
    answer,
    answered: (question, text, facts = {}) =>
      answerTo(question, { kind: 'done', result: { text, facts: handedBack(question, facts) } }),
    unanswered: (question, status) => answerTo(question, failureOfStatus(question, status)),
  };
}

function shownOf({ to, facts, dropped, failure: problem }: Crossing): NonNullable<RehearsedTurn['crossing']> {
  return { to, facts, dropped, ...(problem ? { failure: problem } : {}) };
}
