import {
  BatonError,
  failure,
  failureEntry,
  isBatonError,
  type FailureCode,
} from '../../contract/failures.ts';
import { REASON_CHARACTERS } from '../../contract/limits.ts';
import { cutText } from '../../contract/text.ts';
import type { TicketDesk } from '../../contract/tickets/desks.ts';
import { getOwn } from '../../contract/json.ts';
import { commentsOf, isSolving, type Audit, type Said } from './answers.ts';
import type { CaseDoor } from './case-door.ts';
import { commandOf, type TicketCommand } from './commands.ts';
import { repliesOf } from './notes.ts';

/** Whose ticket people have changed. */
export interface TakenFrom {
  /** Name of the desk. */
  readonly name: string;
  readonly desk: Pick<TicketDesk, 'people' | 'onSolved' | 'decisions' | 'words'>;
  readonly caseId: string;
  readonly ticket: number;
  readonly door: CaseDoor;
}

/** What the ticket is told in return. */
export interface TakenAnswer {
  readonly text: string;
  /** The ticket was set to solved, and the case goes on. */
  readonly reopens: boolean;
}

/**
 * Does in a case what a person did to its ticket: a public comment is said to the user, a command is carried out, and a
 * solved ticket ends the case or gives it back. Repeats are harmless: what is said has an id of its own, and the rest are
 * states.
 * @param seen sequence of the last message that the ticket showed by then
 * @returns what was refused and why, for people who read the ticket; nothing where all went well
 * @throws BatonError what another attempt may mend
 */
export async function takeAudit(
  from: TakenFrom,
  audit: Audit,
  seen: number,
): Promise<readonly TakenAnswer[]> {
  const answers: TakenAnswer[] = [];
  const comments = commentsOf(audit);
  const commands: TicketCommand[] = [];
  const attempt = async (what: string, act: () => Promise<unknown>, reopens = false): Promise<void> => {
    const refused = await refusalOf(act);
    if (refused) answers.push({ text: `${what} (${refused})`, reopens });
  };
  for (const [index, said] of comments.entries()) {
    const words = said.plain_body ?? said.body;
    const command = said.public ? undefined : commandOf(words);
    if (!said.public && !command) continue;
    if (command) commands.push(command);
    const id = `${repliesOf(from.name)}${String(from.ticket)}/${String(audit.id)}/${String(index)}`;
    await attempt(command ? 'This was not done.' : 'This was not said to the user.', async () => {
      const by = personOf(from, audit, said);
      if (command) await carryOut(from, command, { by, seen });
      else if (words.trim() !== '') await from.door.reply(from.caseId, { by, messageId: id, text: words });
    });
    if (said.attachments.length > 0 && said.public)
      answers.push({ text: 'Attachments stay in the ticket: the user has not got them.', reopens: false });
  }
  const isCommanded = commands.some(({ kind }) => kind === 'resolve' || kind === 'give-back');
  if (isSolving(audit) && !isCommanded && from.desk.onSolved !== 'nothing')
    await attempt('The ticket is solved, and the case is not.', () => solve(from, audit, seen), true);
  return answers;
}

/** Why something was not done, or undefined. What may be mended by another attempt is none of the ticket's affair. */
async function refusalOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (thrown) {
    if (!isBatonError(thrown)) throw thrown;
    const { message, remedy, retryable } = failureEntry(thrown.code);
    if (retryable) throw thrown;
    // The catalogue's words: a failure's own may quote the case.
    return `${thrown.code}: ${message}; ${remedy}`;
  }
}

async function solve(from: TakenFrom, audit: Audit, seen: number): Promise<void> {
  const by = personOf(from, audit);
  const kind = from.desk.onSolved;
  const command: TicketCommand =
    kind === 'give-back' ? { kind, note: '' } : { kind: 'resolve', outcome: 'solved', note: '' };
  await carryOut(from, command, { by, seen });
}

async function carryOut(
  { caseId, ticket, desk, door }: TakenFrom,
  command: TicketCommand,
  { by, seen }: { readonly by: string; readonly seen: number },
): Promise<void> {
  const where = `ticket ${String(ticket)}`;
  const noteOf = (text: string): string => cutText(text === '' ? where : text, REASON_CHARACTERS);
  switch (command.kind) {
    case 'claim':
      await door.claim(caseId, { by });
      return;
    case 'release':
      await door.release(caseId, { by, note: noteOf(command.note) });
      return;
    case 'give-back':
      await door.giveBack(caseId, { by, note: noteOf(command.note) });
      return;
    case 'resolve':
      // Solved twice is solved.
      await unless('CASE_CLOSED', () =>
        door.resolve(caseId, {
          by,
          outcome: cutText(command.outcome, 100),
          note: noteOf(command.note),
          ...(seen > 0 ? { seen } : {}),
        }),
      );
      return;
    case 'decide': {
      if (desk.decisions !== 'taken') throw new BatonError(failure('TICKET_DECISION_REFUSED'));
      const { reviewId, decision, reason } = command;
      const review = (await door.show(caseId)).reviews.find(({ id }) => id === reviewId);
      if (!review) throw new BatonError(failure('REVIEW_UNKNOWN'));
      // I8: whoever decides names the beginning of the digest that the ticket showed them.
      if (!review.digest.startsWith(command.digest)) throw new BatonError(failure('REVIEW_STALE'));
      const { digest } = review;
      await door.decide(caseId, {
        ...{ reviewId, digest, decision, by },
        reason: cutText(reason, REASON_CHARACTERS),
      });
      return;
    }
    case 'unknown':
      throw new BatonError(failure('TICKET_COMMAND_UNKNOWN'));
  }
}

async function unless(code: FailureCode, act: () => Promise<unknown>): Promise<void> {
  await act().catch((thrown: unknown) => {
    if (!isBatonError(thrown) || thrown.code !== code) throw thrown;
  });
}

/**
 * The person that did something to the ticket. Who did it is what the ticket system says by itself; a comment in the
 * name of somebody else is nobody's.
 */
function personOf({ desk }: Pick<TakenFrom, 'desk'>, audit: Audit, said?: Said): string {
  const by = getOwn(desk.people, String(audit.author_id));
  if (by === undefined || (said && said.author_id !== audit.author_id))
    throw new BatonError(failure('TICKET_AUTHOR_UNKNOWN'));
  return by;
}
