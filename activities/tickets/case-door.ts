import type { CaseStatus, CaseView } from '../../contract/case.ts';
import type { Decision } from '../../contract/decision.ts';
import type { Claim, GiveBack, PersonReply, Receipt, Resolve } from '../../contract/message-shapes.ts';
import type { Release } from '../../contract/staff-shapes.ts';

/** The doors of cases, as tickets use them. Every failure is a `BatonError`. */
export interface CaseDoor {
  readonly status: (caseId: string) => Promise<Pick<CaseStatus, 'trace' | 'team'>>;
  /** The case without what is kept out of its history: words of private teams are references here. */
  readonly show: (caseId: string) => Promise<CaseView>;
  readonly reply: (caseId: string, message: PersonReply) => Promise<Receipt>;
  readonly claim: (caseId: string, request: Claim) => Promise<Receipt>;
  readonly release: (caseId: string, request: Release) => Promise<Receipt>;
  readonly giveBack: (caseId: string, request: GiveBack) => Promise<Receipt>;
  readonly resolve: (caseId: string, request: Resolve) => Promise<Receipt>;
  readonly decide: (caseId: string, decision: Decision) => Promise<Receipt>;
}
