import { inert } from '../command/output/inert.ts';
import type { CaseView } from '../contract/case.ts';
import type { Message } from '../contract/conversation.ts';
import type { LedgerRow } from '../contract/ledger.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../contract/json.ts';

/** Width of the column of owners. */
const COLUMN = 22;

/**
 * Tells a case row by row of its ledger: who owned it, what they decided and why, what was said and written. The
 * words come from the transcript, because the ledger tells only that they were said.
 */
export function tellStory(rows: readonly LedgerRow[], view: Pick<CaseView, 'transcript'>): readonly string[] {
  const messages = new Map(view.transcript.map((message) => [message.id, message]));
  return rows.flatMap((row) => {
    const line = lineOf(row, messages);
    return line === undefined ? [] : [`${inert(line.who).padEnd(COLUMN)}${inert(line.what)}`];
  });
}

interface Line {
  readonly who: string;
  readonly what: string;
}

function lineOf(row: LedgerRow, messages: ReadonlyMap<string, Message>): Line | undefined {
  const { content, owner } = row;
  const word = (field: string): string => textOf(content[field]);
  switch (row.kind) {
    case 'message-received':
    case 'message-sent': {
      const message = messages.get(word('messageId'));
      return message && { who: speakerOf(message), what: `"${message.text}"` };
    }
    case 'case-adopted':
      return { who: 'this case', what: 'takes over what a terminated case left behind' };
    case 'human-asked':
      return { who: 'the user', what: `asks for a human: ${word('reason')}` };
    case 'turn-completed':
      return toolsOf(content) === '' ? undefined : { who: owner, what: `asks for ${toolsOf(content)}` };
    case 'turn-failed':
    case 'turn-refused':
      return { who: owner, what: `fails: ${failureOf(content)}` };
    case 'turn-stopped':
      return { who: word('agent'), what: 'was stopped; what its model took counts' };
    case 'facts-missing':
      return { who: owner, what: `waits for the user to tell ${namesIn(content['missing'])}` };
    case 'ask-opened':
      return {
        who: `${word('from')} asks ${word('to')}`,
        what: `${word('reasonCode')}: ${word('question')}${cutOf(content)}`,
      };
    case 'ask-answered':
      return { who: word('to'), what: `answers ${word('from')}` };
    case 'ask-failed':
    case 'ask-refused':
      return { who: `${word('from')} asks ${word('to')}`, what: `no answer: ${failureOf(content)}` };
    case 'ask-withdrawn':
      return { who: `${word('from')} asks ${word('to')}`, what: 'nobody waits for the answer any more' };
    case 'fan-out-opened':
      return {
        who: `${word('from')} asks several`,
        what: `${textOf(content['needed'])} of ${textOf(content['of'])} must answer`,
      };
    case 'fan-out-decided':
      return {
        who: word('fanOutId'),
        what: content['met'] === true ? 'enough have answered' : 'too few answer',
      };
    case 'fan-out-ended':
      return { who: word('fanOutId'), what: endOfFanOut(content) };
    case 'handoff-offered':
      return {
        who: `${word('from')} -> ${word('to')}`,
        what: `hands over: ${word('reasonCode')}. ${word('explanation')}${cutOf(content)}`,
      };
    case 'handoff-held':
      return { who: owner, what: 'the handoff waits for a person' };
    case 'handoff-refused':
    case 'handoff-declined':
    case 'handoff-expired':
      return { who: `${word('from')} -> ${word('to')}`, what: `no: ${failureOf(content)}` };
    case 'handoff-accepted':
      return { who: owner, what: `accepts and owns the case (${word('handoffId')})` };
    case 'handoff-rolled-back':
      return { who: owner, what: `${word('handoffId')} is rolled back` };
    case 'effect-committed':
      return { who: owner, what: `${word('tool')}: done` };
    case 'effect-refused':
      return { who: owner, what: `${word('tool')}: refused, ${failureOf(content)}` };
    case 'effect-failed':
      return { who: owner, what: `${word('tool')}: failed, ${failureOf(content)}` };
    case 'effect-undone':
      return { who: 'saga', what: `${word('tool')}: taken back` };
    case 'effect-kept':
      return { who: 'saga', what: `${word('tool')}: kept, ${word('because')}` };
    case 'undo-failed':
      return { who: 'saga', what: `${word('tool')}: could not be taken back, ${failureOf(content)}` };
    case 'review-opened':
      return { who: `people:${word('pool')}`, what: `are asked: ${word('question')}` };
    case 'review-decided':
      return { who: word('by'), what: `${word('decision')}s: ${word('reason')}` };
    case 'review-approval-given':
      return { who: word('by'), what: `approves, ${word('given')}: ${word('reason')}` };
    case 'review-reminded':
    case 'people-reminded':
      return { who: `people:${word('pool')}`, what: 'are reminded' };
    case 'review-widened':
      return { who: `people:${word('pool')}`, what: 'are asked as well, for nobody answered' };
    case 'review-edited':
      return { who: word('by'), what: 'changes the arguments, and approves them so' };
    case 'review-revised':
      return { who: word('agent'), what: 'asks for something else than before' };
    case 'review-information-asked':
      return { who: word('by'), what: `asks ${askedAbout(content)} before they decide` };
    case 'review-information-given':
      return { who: askedAbout(content), what: 'answers what was asked for the review' };
    case 'review-released':
      return { who: 'the case', what: 'goes on: nobody took the approval back' };
    case 'review-expired':
      return { who: `people:${word('pool')}`, what: 'did not answer in time' };
    case 'person-claimed':
      return { who: word('by'), what: 'takes the case in hand' };
    case 'person-released':
      return {
        who: word('by'),
        what:
          word('because') === 'released'
            ? 'lets go of the case'
            : 'has not been heard of: the case is the pool’s again',
      };
    case 'person-reassigned':
      return { who: word('by'), what: `puts the case into the hands of ${word('to')}: ${word('reason')}` };
    case 'person-took-over':
      return { who: word('by'), what: `takes the case over from ${word('from')}: ${word('reason')}` };
    case 'person-whispered':
      return { who: word('by'), what: `tells whoever works on it: ${word('note')}` };
    case 'unmask-granted':
      return { who: word('by'), what: `may see ${word('field')} once: ${word('reason')}` };
    case 'policy-evaluated':
      return rulesOf(content) === ''
        ? undefined
        : { who: `policy ${word('policy')}`, what: `decides by ${rulesOf(content)}` };
    case 'policy-switched':
      return {
        who: word('by'),
        what: `puts the case under policy ${word('policyVersion')}: ${word('reason')}`,
      };
    case 'dead-letter-opened':
      return { who: owner, what: `dead letter ${word('deadLetterId')}: ${failureOf(content)}` };
    case 'cancel-requested':
      return { who: 'the service', what: 'cancels the case' };
    case 'case-closed':
      return { who: 'the case', what: `ends: ${outcomeOf(content)}; effects ${word('saga')}` };
    case 'agent-isolated':
      return { who: word('agent'), what: `is passed over for a while: it keeps failing, ${word('code')}` };
    case 'remote-task-changed':
      return { who: word('agent'), what: `works on it elsewhere: ${word('state')}` };
    case 'case-opened':
    case 'directory-consulted':
    case 'door-keys-read':
    case 'readiness-read':
    case 'policy-switch-asked':
    case 'policy-switch-failed':
    case 'team-pinned':
    case 'handoff-withdrawn':
    case 'handoff-completed':
    case 'handoff-returned':
    case 'handoff-dead-lettered':
    case 'acknowledgement-refused':
    case 'effect-scheduled':
    case 'undo-scheduled':
    case 'review-withdrawn':
    case 'message-refused':
    case 'dead-letter-redriven':
    case 'dead-letter-discarded':
    case 'case-continued':
      return undefined;
  }
}

function speakerOf(message: Message): string {
  switch (message.from.kind) {
    case 'user':
      return 'the user';
    case 'agent':
      return message.from.name;
    case 'person':
      return `${message.from.name} (${message.from.pool})`;
    case 'system':
      return 'baton';
  }
}

function toolsOf(content: JsonObject): string {
  const calls = content['toolCalls'];
  return Array.isArray(calls)
    ? calls.map((call: JsonValue) => textOf((call as JsonObject)['tool'])).join(', ')
    : '';
}

function namesIn(names: JsonValue | undefined): string {
  return Array.isArray(names) ? names.map((name: JsonValue) => textOf(name)).join(', ') : '';
}

/** The rules of a policy that acted. */
function rulesOf(content: JsonObject): string {
  const decisions = content['decisions'];
  return Array.isArray(decisions)
    ? decisions.map((decision: JsonValue) => textOf((decision as JsonObject)['rule'])).join(', ')
    : '';
}

/** What was left behind at the edge, because the receiver does not declare it. */
function cutOf(content: JsonObject): string {
  const dropped = content['dropped'];
  return Array.isArray(dropped) && dropped.length > 0
    ? ` (kept back: ${dropped.map(textOf).join(', ')})`
    : '';
}

function failureOf(content: JsonObject): string {
  return textOf((content['failure'] as JsonObject | undefined)?.['message']);
}

function outcomeOf(content: JsonObject): string {
  const outcome = content['outcome'] as JsonObject;
  const failed = outcome['failure'] as JsonObject | undefined;
  return [outcome['kind'], outcome['outcome'], failed?.['code']]
    .filter((part) => part !== undefined)
    .map(textOf)
    .join(' ');
}

/** Whom people asked about a review: its agent, else the user. */
function askedAbout(content: JsonObject): string {
  return content['agent'] === undefined ? 'the user' : textOf(content['agent']);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** What became of each question that was put at once, and of what was written for them. */
function endOfFanOut({ questions, takenBack }: JsonObject): string {
  const each = (Array.isArray(questions) ? questions : []).map((one) =>
    isJsonObject(one) ? `${textOf(one['to'])} ${textOf(one['status'])}` : '',
  );
  const undone =
    Array.isArray(takenBack) && takenBack.length > 0 ? `; ${String(takenBack.length)} taken back` : '';
  return `${each.join(', ')}${undone}`;
}
