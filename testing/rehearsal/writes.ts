import type { CallInput } from '../../contract/activities.ts';

/** A write that was tried, and for which questions. */
interface Write {
  readonly input: CallInput;
  readonly askedFor: readonly string[];
  readonly reversible: boolean;
}

/** What became of what was written for questions: tools by name, newest first. */
export interface TakenBack {
  readonly question: string;
  readonly takenBack: readonly string[];
  readonly kept: readonly string[];
}

/** The writes of a rehearsal that stand. */
export interface Writes {
  readonly note: (write: Write) => void;
  /** Takes back in reverse order what was written for any of these questions (I4). */
  readonly takeBack: (questions: readonly string[]) => Promise<readonly TakenBack[]>;
}

/** None yet. */
export function noWrites(undo: (input: CallInput) => Promise<void>): Writes {
  let standing: readonly Write[] = [];
  return {
    note: (write) => {
      standing = [...standing, write];
    },
    takeBack: async (questions) => {
      const isMeant = (write: Write): boolean => write.askedFor.some((one) => questions.includes(one));
      const meant = standing.filter(isMeant).toReversed();
      standing = standing.filter((write) => !isMeant(write));
      for (const { input, reversible } of meant) if (reversible) await undo(input);
      return questions.map((question) => {
        const mine = meant.filter((write) => write.askedFor.includes(question));
        const named = (reversible: boolean): readonly string[] =>
          mine.filter((write) => write.reversible === reversible).map((write) => write.input.tool);
        return { question, takenBack: named(true), kept: named(false) };
      });
    },
  };
}
