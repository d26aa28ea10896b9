import { z } from 'zod';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { recordEffect, type ToolCall } from '../../activities/tool.ts';
import type { Retry } from '../../contract/team.ts';
import type { CommitOutcome, RecordStore, UndoOutcome } from '../../contract/ports.ts';
import { agent, call, finish, reply, transfer } from './agents.ts';

/** Where work may be held up: before and after an agent or tool does its part. */
type Moment = 'turn' | 'commit' | 'committed' | 'undo' | 'undone';

/** What the store answered to one attempt, in the words of its port. */
export interface StoreAnswer {
  /** `<id> <attempt>` of the effect. */
  readonly of: string;
  readonly outcome: CommitOutcome | UndoOutcome;
}

/** How a team that can be held up works. */
interface HeldTeamOptions {
  /** Its name, and that of its pool: what tells the workers of two tests apart. */
  readonly name: string;
  readonly records: () => RecordStore;
  /** Waits at a moment, named `<moment> <id> <attempt>`. */
  readonly pass: (moment: string) => Promise<void>;
  /** Hears every answer of the store, before anything else is done with it. */
  readonly heard: (answer: StoreAnswer) => Promise<void>;
  /** How effects are retried; at once, eight times in all, when absent. */
  readonly retry?: Partial<Retry>;
}

const Input = z.object({ id: z.string(), refuseFrom: z.number().optional() });
type Input = z.output<typeof Input>;

/** The collection in which an effect counts how often it was made. */
export const COUNTS = 'counts';

/**
 * A desk whose every step can be held up and looked at. A reception hands on to a clerk, who makes the effects that
 * the user's words name and then does what their last word says: `finish`, or `wait`. An effect `a/2` is refused by
 * its tool from the second attempt on.
 */
export function heldTeam({ name, records, pass, heard, retry }: HeldTeamOptions): Team {
  const at = (moment: Moment, id: string, attempt: number): Promise<void> =>
    pass(`${moment} ${id} ${String(attempt)}`);
  const told = (): RecordStore => {
    const store = records();
    return {
      ...store,
      commit: async (request) => hear(request.fence.attempt, request.key, await store.commit(request)),
      undo: async (request) => hear(request.fence.attempt, request.key, await store.undo(request)),
    };
  };
  const ids = new Map<string, string>();
  async function hear<Outcome extends CommitOutcome | UndoOutcome>(
    attempt: number,
    key: string,
    outcome: Outcome,
  ): Promise<Outcome> {
    await heard({ of: `${ids.get(key) ?? key} ${String(attempt)}`, outcome });
    return outcome;
  }
  const effect = recordEffect<Input>({
    name: 'count',
    store: told,
    change: async (transaction, { id, refuseFrom }, { fence }) => {
      if (refuseFrom !== undefined && fence.attempt >= refuseFrom)
        return { kind: 'refused', code: 'NO_MORE', message: 'not any more' };
      const count = Number((await transaction.get(COUNTS, id)) ?? 0) + 1;
      await transaction.put(COUNTS, id, count);
      return { kind: 'done', result: count };
    },
  });
  const around = async <Answer>(
    one: ToolCall<Input>,
    moments: readonly [Moment, Moment],
    act: (one: ToolCall<Input>) => Promise<Answer>,
  ): Promise<Answer> => {
    const { id } = one.input;
    ids.set(one.key, id);
    await at(moments[0], id, one.fence.attempt);
    const answer = await act(one);
    await at(moments[1], id, one.fence.attempt);
    return answer;
  };
  const count = defineTool<Input>({
    name: 'count',
    description: 'Counts how often it was made',
    input: Input,
    effect: 'write',
    timeoutMs: 60_000,
    retry: retry ?? { attempts: 8, initialMs: 10, backoff: 1 },
    run: (one) => around(one, ['commit', 'committed'], effect.run),
    undo: (one) => around(one, ['undo', 'undone'], effect.undo),
  });
  const clerk = agent(
    'clerk',
    name,
    async (turn) => {
      const words = turn.conversation[0]?.text.split(' ') ?? [];
      if (turn.answers.length === 0) {
        await at('turn', words[0] ?? '', turn.attempt);
        return call(
          ...words.slice(0, -1).map((word) => {
            const [id = word, refuseFrom] = word.split('/');
            return {
              tool: 'count',
              arguments: { id, ...(refuseFrom === undefined ? {} : { refuseFrom: Number(refuseFrom) }) },
            };
          }),
        );
      }
      const answers = turn.answers.map((one) => one.answer.kind).join(' ');
      return words.at(-1) === 'wait' ? reply(answers) : finish(answers);
    },
    { tools: [count], turnTimeoutMs: 60_000, retry: { attempts: 8, initialMs: 10, maximumMs: 20 } },
  );
  const reception = agent('reception', name, () => transfer('clerk'));
  return defineTeam({
    name,
    start: reception,
    edges: [edge(reception, clerk), escalate(reception, people('desk', { ann: { roles: [] } }))],
  });
}
