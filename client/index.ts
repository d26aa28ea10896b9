/** Public entry point `baton/client`. */
export { createBatonClient, type BatonClient, type BatonClientOptions } from './baton-client.ts';
export { connectBaton, type ConnectedBatonClient, type ConnectOptions } from './connect-baton.ts';
export { privateTeamsOf } from './private-teams.ts';
export type { ListedCase, ListFilter } from './cases/list.ts';
export type { OpenedCase, OpenInput, OpenOptions } from './cases/open.ts';
export type { OpenedFor } from './cases/opened-for.ts';
export type { Feedback, GiveFeedback } from '../contract/feedback.ts';
export type { FollowOptions } from './cases/follow.ts';
export type { StatusAnswer } from './cases/read.ts';
export { textsOfProgress, type Progress, type ProgressEntry } from '../contract/progress.ts';
export type { RemoteNews } from './cases/wake-remote.ts';
export type { WatchOptions } from './cases/watch.ts';
export type { History, HistoryEvent } from './history/history.ts';
export type { Run, RunChain } from './history/run-chain.ts';
export type { VerifyFault } from './ledger/compare-rows.ts';
export type { Verification } from './ledger/verify.ts';
export type {
  OrphanedCase,
  OrphanedEffect,
  ReconcileOptions,
  Reconciliation,
} from './reconcile/reconcile.ts';
export type { Found, FoundDeadLetter, OpenReview, ReviewFilter } from './people/across-cases.ts';
export type { FollowReviewsOptions, ReviewChange } from './people/follow-reviews.ts';
export type { DecideOptions } from './people/decide.ts';
export type { Unmasked } from './people/unmask.ts';
export type { AccessLog } from './ledger/access-log.ts';
export type { Erasure, EraseOptions } from './persons/erase-person.ts';
export type { Expiry } from './persons/expire-context.ts';
export type { ExportedCase, PersonExport } from './persons/export-person.ts';
export type { FailedTicket, TicketFilter } from './tickets/mirrors.ts';
export { accountOf, type CaseAccount, type PastCase } from './outcomes/account.ts';
export type { PastCases, PastCasesFilter } from './outcomes/past-cases.ts';
export type { FeedbackFigures, OutcomesReport } from './outcomes/report.ts';
export type { ChangedTicket } from './tickets/wake.ts';
export type { FailedWebhook, WebhookFilter } from './webhooks/deliveries.ts';
