import type { Client } from '@temporalio/client';
import type { CaseResult, CaseView } from '../contract/case.ts';
import type { Message } from '../contract/conversation.ts';
import type {
  AskForHuman,
  Claim,
  Discard,
  GiveBack,
  PersonReply,
  Receipt,
  Redrive,
  Resolve,
  Say,
  SwitchPolicy,
  Unmask,
} from '../contract/message-shapes.ts';
import type { CaseKeys } from '../contract/key-ports.ts';
import type { ContextStore, LedgerStore } from '../contract/ports.ts';
import type { ProgressEntry } from '../contract/progress.ts';
import type { LedgerRow } from '../contract/ledger.ts';
import type { Reassign, Release, TakeOver, Whisper } from '../contract/staff-shapes.ts';
import type { Decision } from '../contract/decision.ts';
import { cancelCase, resultOfCase } from './cases/end.ts';
import type { GiveFeedback } from '../contract/feedback.ts';
import { giveFeedback } from './cases/feedback.ts';
import type { FollowOptions } from './cases/follow.ts';
import { followCase } from './cases/follow.ts';
import type { ListedCase, ListFilter } from './cases/list.ts';
import { listCases } from './cases/list.ts';
import {
  askForHuman,
  claim,
  discard,
  giveBack,
  reassign,
  redrive,
  release,
  reply,
  resolve,
  say,
  switchPolicy,
  takeOver,
  whisper,
} from './cases/messages.ts';
import type { OpenedCase, OpenInput, OpenOptions } from './cases/open.ts';
import { openCase } from './cases/open.ts';
import type { OpenedFor } from './cases/opened-for.ts';
import { readOpenedFor } from './cases/opened-for.ts';
import type { StatusAnswer } from './cases/read.ts';
import { readStatus, readTranscript, readView } from './cases/read.ts';
import { wakeRemote, type RemoteNews } from './cases/wake-remote.ts';
import { followProgress } from './cases/follow-progress.ts';
import type { WatchOptions } from './cases/watch.ts';
import { watchCase } from './cases/watch.ts';
import { readHistoryJson, type HistoryJson } from './history/history-json.ts';
import type { RunChain } from './history/run-chain.ts';
import { readRunChain } from './history/run-chain.ts';
import type { Verification } from './ledger/verify.ts';
import { verifyCase } from './ledger/verify.ts';
import type { Found, FoundDeadLetter, OpenReview, ReviewFilter } from './people/across-cases.ts';
import { findDeadLetters, openReviews } from './people/across-cases.ts';
import type { FollowReviewsOptions, ReviewChange } from './people/follow-reviews.ts';
import { followReviews } from './people/follow-reviews.ts';
import { decide, type DecideOptions } from './people/decide.ts';
import { redeemGrant, unmask, type Unmasked } from './people/unmask.ts';
import type { Erasure, EraseOptions } from './persons/erase-person.ts';
import { erasePerson } from './persons/erase-person.ts';
import type { Expiry } from './persons/expire-context.ts';
import { expireContext } from './persons/expire-context.ts';
import type { PersonExport } from './persons/export-person.ts';
import { exportPerson } from './persons/export-person.ts';
import type { OfTenant } from './persons/cases-of-person.ts';
import { readPastCases, reportOutcomes } from './outcomes/past-cases.ts';
import type { PastCases, PastCasesFilter } from './outcomes/past-cases.ts';
import type { OutcomesReport } from './outcomes/report.ts';
import type { Access } from './reach/access.ts';
import type { ReconcileOptions, Reconciliation } from './reconcile/reconcile.ts';
import { reconcile } from './reconcile/reconcile.ts';
import type { FailedTicket, TicketFilter } from './tickets/mirrors.ts';
import { failedTickets, redriveTicket } from './tickets/mirrors.ts';
import { wakeTicket, type ChangedTicket } from './tickets/wake.ts';
import type { FailedWebhook, WebhookFilter } from './webhooks/deliveries.ts';
import { failedWebhooks, redriveWebhook } from './webhooks/deliveries.ts';

/**
 * Everything that can be asked of cases, typed. Input is validated before anything is sent, sizes first; every
 * failure is a `BatonError` with a code of the catalogue.
 */
export interface BatonClient {
  /** Opens a case; the same open again under the same id joins it. */
  open(input: OpenInput, options?: OpenOptions): Promise<OpenedCase>;
  /** Who a case was opened for, and by whom. Needs no worker. */
  openedFor(caseId: string): Promise<OpenedFor>;
  /** A user's message; the same message id again is the same message. */
  say(caseId: string, message: Say): Promise<Receipt>;
  /** A human, please. Honoured from any state. */
  askForHuman(caseId: string, request?: AskForHuman): Promise<Receipt>;
  /** Where a case stands; `live: false` when no worker answered. */
  status(caseId: string): Promise<StatusAnswer>;
  /** Everything about a case. Needs a worker. */
  show(caseId: string): Promise<CaseView>;
  /** Cases by team, stage, owner, or whom they wait for. Needs no worker. */
  list(filter?: ListFilter): Promise<readonly ListedCase[]>;
  /** The conversation so far. Needs a worker. */
  transcript(caseId: string): Promise<readonly Message[]>;
  /** The status now and on every change, until the case is closed or the signal aborts. */
  watch(caseId: string, options?: WatchOptions): AsyncGenerator<StatusAnswer, void, undefined>;
  /** The ledger rows of a case in order, from where one left off, as they come. Needs no worker. */
  follow(caseId: string, options?: FollowOptions): AsyncGenerator<LedgerRow, void, undefined>;
  /** What agents with a model say while they speak, by offsets, until the case has ended. Needs a context store. */
  followProgress(caseId: string, options?: FollowOptions): AsyncGenerator<ProgressEntry, void, undefined>;
  /** The reviews that are open, and then every change, until the signal aborts. */
  followReviews(options?: FollowReviewsOptions): AsyncGenerator<ReviewChange, void, undefined>;
  /** Has a case look at its task at an agent elsewhere now; repeats are harmless. Needs no worker. */
  wakeRemote(caseId: string, news: RemoteNews): Promise<void>;
  /** Reviews that wait for people, over all cases. */
  reviews(filter?: ReviewFilter): Promise<Found<OpenReview>>;
  /** A person's answer to a review, bound to the digest of what was shown; proven where a door signs it. */
  decide(caseId: string, decision: Decision, options?: DecideOptions): Promise<Receipt>;
  /** A person takes a case of their pool. */
  claim(caseId: string, request: Claim): Promise<Receipt>;
  /** Whoever holds a case lets go of it: it is the pool's again. */
  release(caseId: string, request: Release): Promise<Receipt>;
  /** Puts a case into somebody else's hands. */
  reassign(caseId: string, request: Reassign): Promise<Receipt>;
  /** A person takes a case, whoever has it: an agent, nobody of the pool, or other people. */
  takeOver(caseId: string, request: TakeOver): Promise<Receipt>;
  /** A person's word to whoever works on a case; its user never sees it. */
  whisper(caseId: string, request: Whisper): Promise<Receipt>;
  /** A person speaks to the user. */
  reply(caseId: string, message: PersonReply): Promise<Receipt>;
  /** A person gives the case back to the agent it came from. */
  giveBack(caseId: string, request: GiveBack): Promise<Receipt>;
  /** A person ends the case. */
  resolve(caseId: string, request: Resolve): Promise<Receipt>;
  /** Dead letters: the open ones of all cases, or all of one. */
  deadLetters(filter?: {
    readonly caseId?: string;
    readonly tenant?: string;
    readonly limit?: number;
  }): Promise<Found<FoundDeadLetter>>;
  /** Tries a dead letter again, corrected or not. */
  redrive(caseId: string, request: Redrive): Promise<Receipt>;
  /** Gives a dead letter up, with a reason. */
  discard(caseId: string, request: Discard): Promise<Receipt>;
  /** Shows a person what an edge has masked, on record. Needs a context store; for a closed case a ledger, too. */
  unmask(caseId: string, request: Unmask): Promise<Unmasked>;
  /** Uses leave to see an original that the case gave before. */
  redeemGrant(caseId: string, request: { readonly grantId: string; readonly by: string }): Promise<Unmasked>;
  /** A running case is decided by another published version of its policy, from its next quiet moment on. */
  switchPolicy(caseId: string, request: SwitchPolicy): Promise<Receipt>;
  /** What a user says of a case that is over, once. Needs a context store, and no worker. */
  feedback(caseId: string, feedback: GiveFeedback): Promise<Receipt>;
  /** Ends a case and takes back what it has written. */
  cancel(caseId: string): Promise<Receipt>;
  /** Holds the ledger of a case against its history. Needs a ledger, and no worker. */
  verify(caseId: string, options?: { readonly repair?: boolean }): Promise<Verification>;
  /** Finds effects that terminated cases left behind, and opens follow-up cases for people. Needs no worker to look. */
  reconcile(options?: ReconcileOptions): Promise<Reconciliation>;
  /** Deliveries of webhooks that have failed for good. Needs no worker. */
  failedWebhooks(filter?: WebhookFilter): Promise<readonly FailedWebhook[]>;
  /** Starts a failed delivery again, with all its attempts. */
  redriveWebhook(delivery: string): Promise<void>;
  /** Cases whose tickets could not be kept alike. Needs no worker. */
  failedTickets(filter?: TicketFilter): Promise<readonly FailedTicket[]>;
  /** Goes on with a case and its ticket, with all attempts. */
  redriveTicket(mirror: string): Promise<void>;
  /** Has a ticket looked at that people may have changed: what they did reaches the case. Needs no worker. */
  wakeTicket(changed: ChangedTicket): Promise<void>;
  /** Everything kept of a person's cases, by `user.id`. Needs a context store, and no worker. */
  exportPerson(person: string, options?: OfTenant): Promise<PersonExport>;
  /** Makes everything kept of a person's cases unreadable for good, once all of them have ended. */
  erasePerson(person: string, options?: EraseOptions): Promise<Erasure>;
  /** Forgets the context of closed cases in which nothing was written since an instant (ISO 8601). */
  expireContext(before: string): Promise<Expiry>;
  /** The histories of all runs of a case, for replay. Needs no worker. */
  histories(caseId: string): Promise<RunChain>;
  /** The same as JSON, as replayers and Temporal's own tools have it. */
  historyJson(caseId: string): Promise<HistoryJson>;
  /** Past cases, read out of their histories, with what users said of them. Needs no worker. */
  pastCases(filter?: PastCasesFilter): Promise<PastCases>;
  /** Figures over past cases. Needs no worker. */
  report(filter?: PastCasesFilter): Promise<OutcomesReport & { readonly erased: number }>;
  /** Waits for the end of a case. */
  result(caseId: string, options?: { readonly signal?: AbortSignal }): Promise<CaseResult>;
}

/** What a client is made from. */
export interface BatonClientOptions {
  readonly client: Client;
  /** Where `verify` reads. */
  readonly ledger?: LedgerStore;
  /** Where persons are exported from and erased. */
  readonly context?: ContextStore;
  /** Keys of single cases' payloads; needs the codec that has the same ones (`payloadsOfEnvironment`). */
  readonly caseKeys?: CaseKeys;
  /** Private teams: what is said to their cases goes into the context store, and references go to the server. */
  readonly privateTeams?: readonly string[];
  /** Address of the server, for messages; the connection's own when absent. */
  readonly address?: string;
  /** How long a worker may take to answer, in milliseconds; 10,000 when absent. */
  readonly answerMs?: number;
  /** How long the server may take to answer, in milliseconds; 10,000 when absent. */
  readonly serverMs?: number;
}

const PATIENCE_MS = 10_000;

/** A typed client of Baton over a Temporal client that the caller made and closes. */
export function createBatonClient(options: BatonClientOptions): BatonClient {
  const access: Access = {
    client: options.client,
    address: options.address ?? addressOf(options.client),
    answerMs: options.answerMs ?? PATIENCE_MS,
    serverMs: options.serverMs ?? PATIENCE_MS,
    ...(options.ledger ? { ledger: options.ledger } : {}),
    ...(options.context ? { context: options.context } : {}),
    ...(options.caseKeys ? { caseKeys: options.caseKeys } : {}),
    ...(options.privateTeams ? { privateTeams: options.privateTeams } : {}),
  };
  return {
    open: (input, openOptions) => openCase(access, input, openOptions),
    openedFor: (caseId) => readOpenedFor(access, caseId),
    say: (caseId, message) => say(access, caseId, message),
    askForHuman: (caseId, request) => askForHuman(access, caseId, request),
    status: (caseId) => readStatus(access, caseId),
    show: (caseId) => readView(access, caseId),
    list: (filter) => listCases(access, filter),
    transcript: (caseId) => readTranscript(access, caseId),
    watch: (caseId, watchOptions) => watchCase(access, caseId, watchOptions),
    follow: (caseId, followOptions) => followCase(access, caseId, followOptions),
    followProgress: (caseId, followOptions) => followProgress(access, caseId, followOptions),
    wakeRemote: (caseId, news) => wakeRemote(access, caseId, news),
    followReviews: (followOptions) => followReviews(access, followOptions),
    reviews: (filter) => openReviews(access, filter),
    decide: (caseId, decision, decideOptions) => decide(access, caseId, decision, decideOptions),
    claim: (caseId, request) => claim(access, caseId, request),
    release: (caseId, request) => release(access, caseId, request),
    reassign: (caseId, request) => reassign(access, caseId, request),
    takeOver: (caseId, request) => takeOver(access, caseId, request),
    whisper: (caseId, request) => whisper(access, caseId, request),
    reply: (caseId, message) => reply(access, caseId, message),
    giveBack: (caseId, request) => giveBack(access, caseId, request),
    resolve: (caseId, request) => resolve(access, caseId, request),
    deadLetters: (filter) => findDeadLetters(access, filter),
    redrive: (caseId, request) => redrive(access, caseId, request),
    discard: (caseId, request) => discard(access, caseId, request),
    unmask: (caseId, request) => unmask(access, caseId, request),
    redeemGrant: (caseId, request) => redeemGrant(access, caseId, request),
    switchPolicy: (caseId, request) => switchPolicy(access, caseId, request),
    feedback: (caseId, feedback) => giveFeedback(access, caseId, feedback),
    cancel: (caseId) => cancelCase(access, caseId),
    verify: (caseId, verifyOptions) => verifyCase(access, caseId, verifyOptions),
    reconcile: (reconcileOptions) => reconcile(access, reconcileOptions),
    failedWebhooks: (filter) => failedWebhooks(access, filter),
    redriveWebhook: (delivery) => redriveWebhook(access, delivery),
    failedTickets: (filter) => failedTickets(access, filter),
    redriveTicket: (mirror) => redriveTicket(access, mirror),
    wakeTicket: (changed) => wakeTicket(access, changed),
    exportPerson: (person, exportOptions) => exportPerson(access, person, exportOptions),
    erasePerson: (person, eraseOptions) => erasePerson(access, person, eraseOptions),
    expireContext: (before) => expireContext(access, before),
    histories: (caseId) => readRunChain(access, caseId),
    historyJson: (caseId) => readHistoryJson(access, caseId),
    pastCases: (filter) => readPastCases(access, filter),
    report: (filter) => reportOutcomes(access, filter),
    result: (caseId, resultOptions) => resultOfCase(access, caseId, resultOptions),
  };
}

function addressOf(client: Client): string {
  const { connection } = client;
  const options = 'options' in connection ? connection.options : undefined;
  const address =
    typeof options === 'object' && options !== null && 'address' in options ? options.address : '';
  return typeof address === 'string' && address !== '' ? address : 'the Temporal server';
}
