import type { Command } from 'commander';
import type { ConnectedBatonClient } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Decision } from '../../contract/decision.ts';
import type { Review } from '../../contract/review.ts';
import { receiptAnswer } from '../cases/speak.ts';
import { parseJsonObject } from '../input.ts';
import { reviewText } from '../output/case-texts.ts';
import type { Answer, CommonOptions, Running } from '../run-command.ts';
import { onServer, UsageError, withServerOptions } from '../run-command.ts';

interface DecideOptions extends CommonOptions {
  readonly approve?: boolean;
  readonly reject?: boolean;
  readonly edit?: string;
  readonly ask?: boolean;
  readonly askAgent?: boolean;
  readonly withdraw?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly digest?: string;
  readonly yes?: boolean;
}

/**
 * `baton decide`. What is approved is what was shown (I8): with `--digest` the content somebody saw before; without
 * it the review is shown now and, at a terminal, a person is asked; with `--yes` the decision binds to the review
 * as it is printed now.
 */
export function addDecide(program: Command, running: Running): void {
  withServerOptions(program.command('decide'))
    .description('approve or reject a review')
    .argument('<case>', 'id of the case')
    .argument('<review>', 'id of the review')
    .option('--approve', 'approve it')
    .option('--reject', 'reject it')
    .option('--edit <json>', 'approve a call with these arguments instead of those asked for')
    .option('--ask', 'ask the user what stands in --reason; the review stays open')
    .option('--ask-agent', 'ask the agent that wants it; the review stays open, and shows the answer')
    .option('--withdraw', 'take your approval back, as long as nothing has come of it')
    .option('--by <person>', 'who decides, a member of the pool')
    .option('--reason <text>', 'why')
    .option('--digest <digest>', 'digest of what you have seen; another one is refused')
    .option('--yes', 'decide on the review as it is shown now, without a question')
    .action((caseId: string, reviewId: string, options: DecideOptions) =>
      onServer(running, options, (baton) => decide(running, baton, { caseId, reviewId, options })),
    );
}

interface Request {
  readonly caseId: string;
  readonly reviewId: string;
  readonly options: DecideOptions;
}

async function decide(running: Running, baton: ConnectedBatonClient, request: Request): Promise<Answer> {
  const { caseId, reviewId, options } = request;
  const { digest } = options;
  const asks = running.host.isInteractive && options.json !== true && options.yes !== true;
  const { approve, reject, ask, askAgent, withdraw, edit } = options;
  const chosen = [approve, reject, ask, askAgent, withdraw, edit !== undefined];
  if (chosen.filter((one) => one === true).length > 1)
    throw new UsageError('--approve, --reject, --edit, --ask, --ask-agent and --withdraw exclude each other');
  if (digest !== undefined) {
    return receiptAnswer(await baton.decide(caseId, complete({ ...answersOf(options), reviewId, digest })));
  }
  if (!asks) complete({ ...answersOf(options), reviewId, digest: '0'.repeat(64) });
  const review = await findReview(baton, caseId, reviewId);
  const shown = reviewText(review);
  if (!asks && options.yes !== true) {
    if (options.json !== true) running.host.writeError(shown);
    throw new UsageError(
      `nobody has seen the review: give --digest ${review.digest} to decide on what is shown here, or --yes`,
    );
  }
  if (options.json !== true) running.host.write(shown);
  // At a terminal a person has it before them from now on; a script with --yes has nobody who reads.
  const shownAt = new Date().toISOString();
  const answers = asks
    ? await (await import('./ask-decision.ts')).askDecision(answersOf(options))
    : answersOf(options);
  const decision = {
    ...complete({ ...answers, reviewId, digest: review.digest }),
    ...(asks ? { shownAt } : {}),
  };
  const { json, text } = receiptAnswer(await baton.decide(caseId, decision));
  return { json: { ...(json as object), review }, text };
}

type Answers = Partial<Pick<Decision, 'decision' | 'by' | 'reason' | 'edits'>>;

function answersOf(options: DecideOptions): Answers {
  const { by, reason } = options;
  return {
    ...decisionOf(options),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function decisionOf({ approve, reject, ask, askAgent, withdraw, edit }: DecideOptions): Answers {
  if (edit !== undefined) return { decision: 'edit', edits: parseJsonObject(edit, '--edit') as never };
  if (approve === true) return { decision: 'approve' };
  if (reject === true) return { decision: 'reject' };
  if (ask === true) return { decision: 'ask' };
  if (askAgent === true) return { decision: 'ask-agent' };
  return withdraw === true ? { decision: 'withdraw' } : {};
}

/** A decision whose every part was given. @throws UsageError naming what is missing */
function complete(parts: Answers & Pick<Decision, 'reviewId' | 'digest'>): Decision {
  const { decision, by, reason, reviewId, digest, edits } = parts;
  if (decision === undefined)
    throw new UsageError('give --approve, --reject, --edit, --ask, --ask-agent or --withdraw');
  if (by === undefined) throw new UsageError('give --by: who decides');
  if (reason === undefined) throw new UsageError('give --reason: a decision without one is refused');
  return { reviewId, digest, decision, by, reason, ...(edits === undefined ? {} : { edits }) };
}

async function findReview(baton: ConnectedBatonClient, caseId: string, reviewId: string): Promise<Review> {
  const { reviews } = await baton.show(caseId);
  const review = reviews.find((one) => one.id === reviewId);
  if (review) return review;
  const open = reviews.filter((one) => one.status === 'open').map((one) => one.id);
  const detail = `${JSON.stringify(reviewId)}; open: ${open.length === 0 ? 'none' : open.join(', ')}`;
  throw new BatonError(failure('REVIEW_UNKNOWN', detail, 'reviewId'));
}
