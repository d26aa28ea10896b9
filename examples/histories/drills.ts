import type { BatonClient, StatusAnswer } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';

/** What a drill works with. */
export interface DrillCase {
  readonly baton: BatonClient;
  readonly caseId: string;
  /** Puts right what is out of order for this case. */
  readonly mend: () => void;
}

/** A case of the drill team led through trouble to its end. */
export interface Drill {
  /** Id of its case, and name of its history. */
  readonly name: string;
  readonly title: string;
  /** The user's first word. */
  readonly opens: string;
  readonly play: (one: DrillCase) => Promise<void>;
}

const by = { by: 'ann', reason: 'looked at it' } as const;
/** Words of the long conversation: several times what the drill's server allows in one run. */
const WORDS = 40;

const DRILLS: readonly Drill[] = [
  {
    name: 'asks-another',
    title: 'An agent asks another one, which writes for it, and goes on with the answer',
    opens: 'ask back',
    play: async (one) => {
      await says(one, 'end');
    },
  },
  {
    name: 'asks-several',
    title: 'An agent asks two at once; one is too late, and what the other wrote is taken back',
    opens: 'ask several',
    play: async (one) => {
      await says(one, 'end');
    },
  },
  {
    name: 'parked-turn-redriven',
    title: 'A turn that fails is parked, and redriven as it is once it is mended',
    opens: 'fail',
    play: async (one) => {
      await reached(one, 'parked');
      one.mend();
      await one.baton.redrive(one.caseId, { deadLetterId: 'd1', ...by });
    },
  },
  {
    name: 'parked-turn-corrected',
    title: 'A turn that fails is parked, and redriven with a corrected fact',
    opens: 'fail',
    play: async (one) => {
      await reached(one, 'parked');
      await one.baton.redrive(one.caseId, { deadLetterId: 'd1', ...by, correction: { order: 'right' } });
    },
  },
  {
    name: 'parked-turn-discarded',
    title: 'A turn that fails is parked and given up; the user says something else',
    opens: 'fail',
    play: async (one) => {
      await reached(one, 'parked');
      await one.baton.discard(one.caseId, { deadLetterId: 'd1', ...by });
      await says(one, 'end');
    },
  },
  {
    name: 'parked-handoff-redriven',
    title: 'A handoff that nobody takes is parked, and offered again as it is',
    opens: 'hand over',
    play: async (one) => {
      await reached(one, 'parked');
      one.mend();
      await one.baton.redrive(one.caseId, { deadLetterId: 'd1', ...by });
      await says(one, 'end');
    },
  },
  {
    name: 'parked-handoff-corrected',
    title: 'A handoff that nobody takes is parked, and a corrected one takes its place',
    opens: 'hand over',
    play: async (one) => {
      await reached(one, 'parked');
      await one.baton.redrive(one.caseId, { deadLetterId: 'd1', ...by, correction: { order: 'right' } });
      await says(one, 'end');
    },
  },
  {
    name: 'parked-handoff-discarded',
    title: 'A handoff that nobody takes is parked and given up; its source is told',
    opens: 'hand over',
    play: async (one) => {
      await reached(one, 'parked');
      one.mend();
      await one.baton.discard(one.caseId, { deadLetterId: 'd1', ...by });
      await says(one, 'end');
    },
  },
  {
    name: 'passed-on',
    title:
      'A case passed on by a quick agent to one that comes late: what it is found by trails it, and is told in time',
    opens: 'pass on',
    play: (one) => says(one, 'end'),
  },
  {
    name: 'failed-undo-redriven',
    title: 'An undo that fails is parked, and redriven once its counterpart is back',
    opens: 'write',
    play: async (one) => {
      await reached(one, 'parked');
      one.mend();
      await one.baton.redrive(one.caseId, { deadLetterId: 'd1', ...by });
    },
  },
  {
    name: 'failed-undo-discarded',
    title: 'An undo that fails is parked, and what it was to take back is kept by decision',
    opens: 'write',
    play: async (one) => {
      await reached(one, 'parked');
      await one.baton.discard(one.caseId, { deadLetterId: 'd1', ...by });
    },
  },
  {
    name: 'long-conversation',
    title: 'A long conversation continues as new, several times, with an effect, a review and a dead letter',
    opens: 'hello',
    play: async (one) => {
      await says(one, 'note');
      for (let count = 1; count <= WORDS; count += 1) await says(one, `word ${String(count)}`);
      await says(one, 'ask');
      await reached(one, 'waiting-person');
      const { reviews } = await one.baton.show(one.caseId);
      const { id: reviewId, digest } = reviews[0] ?? { id: '', digest: '' };
      await one.baton.decide(one.caseId, { reviewId, digest, decision: 'approve', ...by });
      await says(one, 'fail');
      await reached(one, 'parked');
      await one.baton.redrive(one.caseId, { deadLetterId: 'd1', ...by, correction: { order: 'right' } });
    },
  },
  {
    name: 'staff-in-charge',
    title:
      'Staff take a case over, let go of it, put it into other hands and hand it to an agent; one asks the user',
    opens: 'hello',
    play: async (one) => {
      const { baton, caseId } = one;
      await reached(one, 'waiting-user');
      await baton.takeOver(caseId, by);
      await reached(one, 'human');
      await baton.release(caseId, { by: 'ann' });
      await baton.claim(caseId, { by: 'ann' });
      await baton.reassign(caseId, { ...by, to: 'bob' });
      await baton.giveBack(caseId, { by: 'bob', note: 'go on', to: 'front' });
      await says(one, 'ask');
      await reached(one, 'waiting-person');
      await baton.whisper(caseId, { by: 'bob', note: 'look at the order' });
      const { reviews } = await baton.show(caseId);
      const { id: reviewId, digest } = reviews[0] ?? { id: '', digest: '' };
      await baton.decide(caseId, { reviewId, digest, decision: 'ask', ...by });
      await baton.say(caseId, { messageId: 'answer', text: 'yes' });
      await baton.decide(caseId, { reviewId, digest, decision: 'approve', ...by });
      await says(one, 'end');
    },
  },
];

/** Dead letters of each kind, redriven as they are, corrected or discarded, and a conversation of several runs. */
export function allDrills(): readonly Drill[] {
  return DRILLS;
}

/** Says a word once the desk waits for its user. */
async function says(one: DrillCase, text: string): Promise<void> {
  await reached(one, 'waiting-user');
  await one.baton.say(one.caseId, { messageId: `word-${text}`, text });
}

async function reached({ baton, caseId }: DrillCase, stage: StatusAnswer['stage']): Promise<void> {
  let last: StatusAnswer | undefined;
  const is = async (): Promise<boolean> => {
    last = await baton.status(caseId);
    return last.stage === stage;
  };
  if (!(await until(is, { limitMs: 30_000 })))
    throw new Error(`${caseId} is ${last?.stage ?? 'unknown'} and never came to be ${stage}`);
}
