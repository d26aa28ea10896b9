import type { BatonClient } from '../../../client/index.ts';
import type { CaseView } from '../../../contract/case.ts';
import { BatonError, failure, isBatonError } from '../../../contract/failures.ts';
import type { Script } from '../../retail/script.ts';
import { TO_PEOPLE } from '../../retail/specialists.ts';
import { RETAIL_PERSON } from '../../retail/team.ts';
import type { CaseFaults } from '../fault-plan.ts';
import { untilAnswered } from '../patience.ts';

/** Repetitions of one message or decision (F07). */
const REPEATS = 5;

/** How often a dead letter is tried again before the case is given up. */
const REDRIVES = 3;

/** The people around one case: the customer, the clerk who takes what the desk cannot do, and the operator. */
export interface People {
  /**
   * Does whatever the case waits for at this moment.
   * @returns whether there was something to do
   */
  readonly act: (view: CaseView) => Promise<boolean>;
}

/** What the people of a case are made from. */
export interface PeopleOptions {
  readonly client: BatonClient;
  readonly caseId: string;
  readonly script: Script;
  readonly faults: CaseFaults;
  readonly deadline: number;
  /** Whether the customer breaks off now, instead of answering. */
  readonly breaksOff: (view: CaseView) => boolean;
}

/** People who play their parts of a script. */
export function createPeople(options: PeopleOptions): People {
  const { client, caseId, script, faults, deadline } = options;
  let redrives = 0;

  const send = async (request: () => Promise<unknown>): Promise<void> => {
    const times = faults.repeat ? REPEATS : 1;
    const sent = Array.from({ length: times }, () => untilAnswered(deadline, request));
    const results = await Promise.allSettled(sent);
    // One is enough; the others may find the case closed by it.
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (failures.length === times && !failures.every(isOver)) throw failures[0] as Error;
    const strange = failures.find((thrown) => !isOver(thrown) && !isAlreadyDone(thrown));
    if (strange !== undefined) throw strange as Error;
  };

  const answer = async (view: CaseView): Promise<boolean> => {
    const question = view.transcript.findLast((message) => message.from.kind === 'agent');
    const answered = view.transcript.some(
      (message) => message.from.kind === 'user' && message.sequence > (question?.sequence ?? 0),
    );
    if (!question || answered) return false;
    const text = question.text.includes('(yes/no)') ? 'Yes, please.' : 'No, thank you, that is all.';
    const messageId = `answer-${question.sequence}`;
    await send(() => client.say(caseId, { messageId, text }));
    if (faults.repeat) await refuseOtherText(client, caseId, messageId, deadline);
    return true;
  };

  const serve = async (view: CaseView): Promise<boolean> => {
    const by = RETAIL_PERSON;
    const place = view.facts['cursor'];
    const cursor = typeof place === 'number' ? place : script.steps.length;
    const expected = script.steps[cursor - 1]?.tool === TO_PEOPLE;
    await send(() => client.claim(caseId, { by }));
    if (expected && cursor < script.steps.length) {
      const note = 'Done what a person had to do; please go on.';
      await send(() => client.giveBack(caseId, { by, note }));
    } else {
      const outcome = expected ? 'served-by-a-person' : 'unexpected-escalation';
      await send(() => client.resolve(caseId, { by, outcome, note: 'The person took over.' }));
    }
    return true;
  };

  const mend = async (view: CaseView): Promise<boolean> => {
    const letter = view.deadLetters.find((one) => one.status === 'open');
    if (!letter) return false;
    if (redrives >= REDRIVES) {
      if (letter.kind === 'undo') {
        throw new BatonError(failure('UNDO_FAILED', `${letter.id}: ${letter.failure.message}`));
      }
      await send(() => client.cancel(caseId));
      return true;
    }
    redrives += 1;
    const reason = 'The disturbance is over.';
    await send(() => client.redrive(caseId, { deadLetterId: letter.id, by: RETAIL_PERSON, reason }));
    return true;
  };

  return {
    act: async (view) => {
      if (options.breaksOff(view)) {
        await send(() => client.cancel(caseId));
        return true;
      }
      switch (view.stage) {
        case 'waiting-user':
          return answer(view);
        case 'human':
          return serve(view);
        case 'parked':
          return mend(view);
        case 'opening':
        case 'working':
        case 'pending':
        case 'waiting-person':
        case 'unwinding':
        case 'closing':
        case 'closed':
          return false;
      }
    },
  };
}

/** F07: another text under the same message id must be refused. */
async function refuseOtherText(
  client: BatonClient,
  caseId: string,
  messageId: string,
  deadline: number,
): Promise<void> {
  const other = { messageId, text: 'Something else entirely.' };
  try {
    await untilAnswered(deadline, () => client.say(caseId, other));
  } catch (thrown) {
    if (isBatonError(thrown) && (thrown.code === 'MESSAGE_CONFLICT' || isOver(thrown))) return;
    throw thrown;
  }
  throw new BatonError(failure('MESSAGE_CONFLICT', `${messageId} was taken with another text`));
}

function isOver(thrown: unknown): boolean {
  return isBatonError(thrown) && thrown.code === 'CASE_CLOSED';
}

/** What the later of several equal requests may find: the first has moved the case on. */
function isAlreadyDone(thrown: unknown): boolean {
  return (
    isBatonError(thrown) &&
    (thrown.code === 'NOT_OWNED_BY_PERSON' ||
      thrown.code === 'DEAD_LETTER_UNKNOWN' ||
      thrown.code === 'REQUEST_FORBIDDEN')
  );
}
