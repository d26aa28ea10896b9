import type { Feedback } from '../../contract/feedback.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { poolOfOwner } from '../../contract/queues.ts';
import { tookMs } from '../../contract/review.ts';
import { handoffsIn, type HandoffAccount } from './handoffs.ts';
import { spendIn, type SpendFigures } from './spend.ts';

/** A past case as it is read: its rows, and what its user said of it. */
export interface PastCase {
  readonly caseId: string;
  /** In order. */
  readonly rows: readonly LedgerRow[];
  readonly feedback?: Feedback;
}

/** What became of a case, told from its ledger rows alone. */
export interface CaseAccount {
  readonly caseId: string;
  readonly team: string;
  /** Owners in the order in which they had it. */
  readonly path: readonly string[];
  readonly outcome: 'finished' | 'cancelled' | 'failed' | 'open';
  readonly reachedPeople: boolean;
  /** Sequence of the row in which somebody asked for a human; absent where nobody did. */
  readonly askedForHuman?: number;
  /** What rules of the policy did, in order. */
  readonly acts: readonly RuleAct[];
  readonly reviews: readonly ReviewAccount[];
  readonly handoffs: readonly HandoffAccount[];
  readonly feedback?: Feedback;
  /** What models took; absent where none was called. */
  readonly spend?: SpendFigures;
}

/** A rule of a policy that did something. */
export interface RuleAct {
  /** Of the row that tells it. */
  readonly sequence: number;
  readonly policyVersion: string;
  readonly rule: string;
  /** Such as `escalate`. */
  readonly action: string;
}

/** What became of a review. */
export interface ReviewAccount {
  readonly id: string;
  /** Of the row that opened it. */
  readonly sequence: number;
  readonly status: 'open' | 'approved' | 'rejected' | 'expired' | 'withdrawn';
  /** What was approved is not what had been asked for: edited by a person, or asked for anew by the agent. */
  readonly changed: boolean;
  /** Every yes and no, those of several approvers too. */
  readonly decisions: readonly DecisionAccount[];
}

/** One person's yes or no. */
export interface DecisionAccount {
  readonly by: string;
  readonly decision: string;
  /** Milliseconds since it was before them. */
  readonly tookMs: number;
}

/** Reads a case's account out of its rows. */
export function accountOf({ caseId, rows, feedback }: PastCase): CaseAccount {
  const owners = rows.map((row) => row.owner).filter((owner) => owner !== 'nobody');
  const path = owners.filter((owner, index) => owner !== owners[index - 1]);
  const spend = spendIn(rows);
  const asked = rows.find((row) => row.kind === 'human-asked');
  return {
    caseId,
    team: textIn(rows.find((row) => row.kind === 'case-opened')?.content ?? {}, 'team'),
    path,
    outcome: outcomeOf(rows.at(-1)),
    reachedPeople: path.some((owner) => poolOfOwner(owner) !== undefined),
    ...(asked ? { askedForHuman: asked.sequence } : {}),
    acts: rows.flatMap(actsIn),
    reviews: rows.filter((row) => row.kind === 'review-opened').map((row) => reviewIn(row, rows)),
    handoffs: handoffsIn(rows),
    ...(feedback ? { feedback } : {}),
    ...(spend ? { spend } : {}),
  };
}

function outcomeOf(last: LedgerRow | undefined): CaseAccount['outcome'] {
  const outcome = last?.kind === 'case-closed' ? last.content['outcome'] : undefined;
  const kind = isJsonObject(outcome) ? outcome['kind'] : undefined;
  return kind === 'finished' || kind === 'cancelled' || kind === 'failed' ? kind : 'open';
}

function actsIn({ kind, content, sequence }: LedgerRow): readonly RuleAct[] {
  const { decisions } = content;
  if (kind !== 'policy-evaluated' || !Array.isArray(decisions)) return [];
  // With a reason why it could not be carried out, a rule has done nothing.
  return decisions
    .filter((one): one is JsonObject => isJsonObject(one) && one['because'] === undefined)
    .map((one) => ({
      sequence,
      policyVersion: textIn(content, 'policyVersion'),
      rule: textIn(one, 'rule'),
      action: textIn(one, 'action'),
    }));
}

function reviewIn(opened: LedgerRow, rows: readonly LedgerRow[]): ReviewAccount {
  const id = textIn(opened.content, 'reviewId');
  const own = rows.filter((row) => row.sequence > opened.sequence && row.content['reviewId'] === id);
  const decisions: DecisionAccount[] = [];
  let status: ReviewAccount['status'] = 'open';
  let contentAt = opened.at;
  let changed = false;
  for (const { kind, content, at } of own) {
    if (kind === 'review-revised') contentAt = at;
    if (kind === 'review-revised' || kind === 'review-edited') changed = true;
    if (kind === 'review-expired') status = 'expired';
    if (kind === 'review-withdrawn') status = 'withdrawn';
    if (kind !== 'review-approval-given' && kind !== 'review-decided') continue;
    const decision = kind === 'review-decided' ? textIn(content, 'decision') : 'approve';
    if (kind === 'review-decided') status = decision === 'approve' ? 'approved' : 'rejected';
    const shownAt = textIn(content, 'shownAt');
    if (decision !== 'withdraw')
      decisions.push({ by: textIn(content, 'by'), decision, tookMs: tookMs(contentAt, { at, shownAt }) });
    // Whoever decides behind an editor has had the edit before them since then.
    if (changed) contentAt = at;
  }
  return { id, sequence: opened.sequence, status, changed, decisions };
}

function textIn(content: JsonObject, name: string): string {
  const value = content[name];
  return typeof value === 'string' ? value : '';
}
