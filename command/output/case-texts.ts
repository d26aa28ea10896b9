import type { Feedback } from '../../contract/feedback.ts';
import type { ListedCase, StatusAnswer } from '../../client/index.ts';
import { outcomeInWords } from '../../client/cases/outcome-in-words.ts';
import type { CaseView, DeadLetter, PolicyView, Unattended } from '../../contract/case.ts';
import { wordsOf, type Message, type Speaker } from '../../contract/conversation.ts';
import type { MissingFact } from '../../contract/missing.ts';
import type { Masked } from '../../contract/redaction.ts';
import type { Progress } from '../../contract/progress.ts';
import {
  isAwaitingRelease,
  isHasty,
  tookMs,
  type Review,
  type ReviewQuestion,
} from '../../contract/review.ts';
import type { Unmaskable } from '../../contract/unmasking.ts';
import type { WaitingStep } from '../../contract/waiting.ts';
import { changesText } from './record-changes.ts';
import { inert, inertJson, inertLines } from './inert.ts';
import { spendLines } from './spend-text.ts';
import { counted, fields, table } from './table.ts';

/** A fact that the user is asked for. */
function missingText({ fact, question, why }: MissingFact): string {
  return `${fact}: ${question === undefined ? why : `${question} (${why})`}`;
}

/** A status for people. */
export function statusText(status: StatusAnswer): string {
  return (
    `${inert(status.caseId)} (${inert(status.team)})\n` +
    fields([
      ['stage', status.stage],
      [
        'owner',
        status.owner +
          (status.claimedBy === undefined ? '' : `, held by ${status.claimedBy}`) +
          (status.claimedUntil === undefined ? '' : ` until ${status.claimedUntil}`),
      ],
      ['waiting on', status.waitingOn],
      ['missing', status.missing?.map(missingText).join('; ')],
      ['path', status.path.join(' -> ')],
      ['hops', String(status.hops)],
      ['open', `${counted(status.openReviews, 'review')}, ${counted(status.openDeadLetters, 'dead letter')}`],
      ['outcome', status.outcome && outcomeInWords(status.outcome)],
      ['effects', status.saga],
      ['trace', status.trace],
    ]) +
    whyNotLive(status)
  );
}

function whyNotLive({ live, history }: StatusAnswer): string {
  if (history === 'erased')
    return '  The person of this case was erased: what was said, known and done is gone.\n';
  return live ? '' : '  No worker answered: told from what the server has.\n';
}

/** One masked field: `facts.phone (phone)`, `explanation (email, 2 times)`. */
function maskedInWords({ field, kind, count }: Masked): string {
  return `${field} (${kind}${count === 1 ? '' : `, ${String(count)} times`})`;
}

/** Who may see the originals of what a handoff has masked. */
export function unmaskableText({ handoffId, fields, originals, by }: Unmaskable): string {
  const who =
    originals === undefined
      ? 'the originals were not kept'
      : `by ${by.length > 0 ? by.join(', ') : 'nobody'}`;
  return inert(`${handoffId}: ${fields.join(', ')} (${who})`);
}

/** Everything about a case for a person who takes it over (U3). */
export function viewText(view: CaseView): string {
  const parts = [
    statusText({ ...view, live: true }),
    `task\n  ${inertLines(view.task.definition, '  ')}\n`,
    `facts\n${jsonBlock(view.facts)}`,
    view.workingMemory ? `worked out so far\n${jsonBlock(view.workingMemory)}` : '',
    section(
      'handoffs',
      view.handoffs.map((one) => {
        const adapted = (one.adapted ?? []).map(({ from, to }) => `, ${from} as ${to}`).join('');
        const dropped = one.dropped.length === 0 ? '' : `, left behind: ${one.dropped.join(', ')}`;
        const masked = one.masked ? `, masked: ${one.masked.map(maskedInWords).join(', ')}` : '';
        return inert(
          `${one.id} ${one.from} -> ${one.to}: ${one.reasonCode}, ${one.status}${adapted}${dropped}${masked}`,
        );
      }),
    ),
    view.policy ? policyText(view.policy) : '',
    section('masked, with `baton unmask`', (view.unmaskable ?? []).map(unmaskableText)),
    section(
      'effects',
      view.effects.map(
        (one) => `${inert(one.tool)} by ${inert(one.agent)}: ${one.status} ${inertJson(one.arguments)}`,
      ),
    ),
    view.reviews.map(reviewText).join(''),
    view.deadLetters.map((letter) => deadLetterText(view.caseId, letter)).join(''),
    section(
      'whispered',
      (view.whispers ?? []).map((one) => inert(`${one.at} ${one.by}: ${one.note}`)),
    ),
    section('waiting', [
      ...(view.unattended ? unattendedText(view.unattended) : []),
      ...(view.assignedTo === undefined ? [] : [inert(`first: ${view.assignedTo}`)]),
    ]),
    section(
      'refused',
      view.refusals.map((one) => inert(`${one.at} ${one.door}: ${one.failure.message}`)),
    ),
    section(
      'asked',
      (view.asks ?? []).map(
        (one) => `${one.id} ${one.by} asks ${one.to}: ${inert(one.reasonCode)}, by ${one.expiresAt}`,
      ),
    ),
    section('feedback', view.feedback ? [feedbackText(view.feedback)] : []),
    section('models', view.spend ? spendLines(view.spend) : []),
    `ledger\n  row ${String(view.ledger.sequence)}, ${view.ledger.hash}` +
      `${view.ledgerLag === 0 ? '' : `, ${counted(view.ledgerLag, 'row')} not stored yet`}\n`,
    `conversation\n${transcriptText(view.transcript)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** What the policy decided: the rule, what it read, and what was said about it. */
function policyText({ name, policyVersion, digest, decisions }: PolicyView): string {
  const lines = decisions.map((one) => {
    const inputs = Object.entries(one.inputs).map(([input, value]) => `${input} ${String(value)}`);
    const because = one.because === undefined ? '' : `, not carried out: ${one.because}`;
    return `  ${inert(`${one.at} ${one.rule} (${one.moment}): ${one.action}${because}; ${inputs.join(', ')}`)}\n`;
  });
  return `policy ${inert(name)} ${policyVersion}\n  digest  ${digest}\n${lines.join('')}`;
}

/** A conversation, one message under the other. */
export function transcriptText(messages: readonly Message[]): string {
  return messages
    .map(
      (one) =>
        `  ${one.at} ${inert(speaker(one.from))}: ${inertLines(wordsOf(one), '    ')}${howSaid(one)}\n`,
    )
    .join('');
}

function howSaid(message: Message): string {
  if (message.missing) return `\n    (asks for ${inert(message.missing.map((one) => one.fact).join(', '))})`;
  if (message.kind === 'voice') {
    const { confidence, durationMs, audio } = message.voice;
    const length = `${(durationMs / 1_000).toFixed(1)} s`;
    const place = audio?.uri === undefined ? '' : `, ${inert(audio.uri)}`;
    return `\n    (spoken, ${length}, confidence ${confidence.toFixed(2)}${place})`;
  }
  return message.kind === 'file' && message.file.uri !== undefined
    ? `\n    (${inert(message.file.uri)})`
    : '';
}

function questionToAgent({ by, text, to, answer }: ReviewQuestion): readonly string[] {
  if (to === undefined) return [];
  const said =
    answer === undefined
      ? '(no answer yet)'
      : `${to}: ${answer.failure?.message ?? answer.text}${answer.digest === undefined ? '' : ' (asks for what is shown here since)'}`;
  return [`${by}: ${text} ${said}`];
}

/** A review with everything that an approval binds to: what is shown here is what is approved. */
export function reviewText(review: Review): string {
  const { decision } = review;
  return (
    `review ${inert(review.id)} (${review.status})\n` +
    fields([
      ['question', review.question],
      ['kind', review.kind],
      ['asked by', review.requestedBy],
      ['pool', review.pool],
      ['roles', review.roles?.join(', ')],
      ['proof', review.proof === 'proven' ? 'takes decisions that a door has signed' : undefined],
      [
        'approvals',
        review.approvers === undefined
          ? undefined
          : `${String(review.approvals?.length ?? 0)} of ${String(review.approvers)}` +
            (review.approvals ?? []).map((one) => `, ${one.by} at ${one.at}: ${one.reason}`).join(''),
      ],
      [
        'asked as well',
        review.widened?.map(({ pool, roles }) => [pool, ...(roles ?? [])].join(' ')).join(', '),
      ],
      ['first', review.assignedTo],
      ['reminded', review.reminders === undefined ? undefined : counted(review.reminders, 'time')],
      ['next', nextStep(review.ahead)],
      [
        'expires',
        `${review.expiresAt}, ${review.atExpiry === 'escalate' ? 'then refused and taken to people' : 'then refused'}`,
      ],
      [
        'asked the user',
        review.questions
          ?.filter((one) => one.to === undefined)
          .map((one) => `${one.by}: ${one.text}${one.answeredBy === undefined ? ' (no answer yet)' : ''}`)
          .join('; '),
      ],
      [`asked ${review.requestedBy}`, review.questions?.flatMap(questionToAgent).join('; ')],
      [
        'released',
        review.releasedAt ?? (isAwaitingRelease(review) ? `at ${review.releaseAt ?? ''}` : undefined),
      ],
      ['digest', review.digest],
      ['decided', decision && decidedText(review, decision)],
    ]) +
    changesText(review.subject) +
    `  subject\n${jsonBlock(review.subject)}`
  );
}

function decidedText({ openedAt }: Review, decided: NonNullable<Review['decision']>): string {
  const { decision, by, at, reason, proof } = decided;
  const soon = isHasty({ tookMs: tookMs(openedAt, decided) }) ? ' (in less than five seconds)' : '';
  return `${decision} by ${by}${proof === 'proven' ? ' (proven)' : ''} at ${at}${soon}: ${reason}`;
}

/** What is done next while nobody answers. */
function nextStep(ahead: readonly WaitingStep[] = []): string | undefined {
  const [next] = ahead;
  if (!next) return undefined;
  return next.do === 'remind'
    ? `a reminder at ${next.at}`
    : `${[next.pool, ...(next.roles ?? [])].join(' ')} asked as well at ${next.at}`;
}

/** A case that people own and nobody holds. */
function unattendedText({ since, reminders, ahead }: Unattended): readonly string[] {
  const next = nextStep(ahead);
  return [
    `nobody has taken the case since ${since}, ${counted(reminders, 'reminder')}`,
    ...(next === undefined ? [] : [`next: ${next}`]),
  ];
}

/** A dead letter with its failure and what was to be done. */
export function deadLetterText(caseId: string, letter: DeadLetter): string {
  return (
    `dead letter ${inert(letter.id)} of ${inert(caseId)} (${letter.status})\n` +
    fields([
      ['kind', letter.kind],
      ['subject', letter.subject],
      ['agent', letter.agent],
      ['opened', letter.openedAt],
      ['failure', `${letter.failure.code}: ${letter.failure.message}`],
      ['attempts', String(letter.attempts.length)],
      ['closed by', letter.by === undefined ? undefined : `${letter.by}: ${letter.reason ?? ''}`],
    ]) +
    `  payload\n${jsonBlock(letter.payload)}`
  );
}

/** Cases under headings. */
export function listText(cases: readonly ListedCase[]): string {
  if (cases.length === 0) return 'no cases\n';
  return table(
    ['CASE', 'TEAM', 'STAGE', 'OWNER', 'WAITING ON', 'HOPS', 'OPENED'],
    cases.map((one) => [
      one.caseId,
      one.team,
      // A case that the server ended could not say so itself.
      one.execution === 'running' || one.stage === 'closed' ? one.stage : one.execution,
      one.owner,
      one.waitingOn,
      String(one.hops),
      one.openedAt,
    ]),
  );
}

function speaker(from: Speaker): string {
  switch (from.kind) {
    case 'user':
      return 'user';
    case 'agent':
      return `${from.name} (AI)`;
    case 'person':
      return `${from.name} of ${from.pool} (human)`;
    case 'system':
      return 'system';
  }
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${heading}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function jsonBlock(value: unknown): string {
  return `    ${inertJson(value, 2).replace(/\n/g, '\n    ')}\n`;
}

function feedbackText({ rating, text, at, path }: Feedback): string {
  const words = text === undefined ? '' : `: ${text}`;
  return inert(`${at} ${String(rating)} of 5, by way of ${path.join(' -> ')}${words}`);
}

/** A piece of progress for people: one line a piece, so that a restart is seen as one. */
export function progressText(progress: Progress): string {
  const { agent, turn, asked } = progress;
  const whom = asked ? `, asked by ${inert(asked.by)} (${inert(asked.fanOut ?? asked.askId)})` : '';
  const who = `${inert(agent)}, turn ${String(turn)}${whom}`;
  switch (progress.kind) {
    case 'began':
      return `  ${who}: ...\n`;
    case 'restarted':
      return `  ${who}: begins anew; what it said so far is void\n`;
    case 'text':
      return `  ${who}: ${inertLines(progress.text, '    ').trim()}\n`;
    case 'ended':
      return '';
  }
}
