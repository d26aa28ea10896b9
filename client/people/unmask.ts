import { randomUUID } from 'node:crypto';
import type { CaseView } from '../../contract/case.ts';
import { BatonError, failure, isBatonError } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { parseUnmask, type Unmask } from '../../contract/message-shapes.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { judgeUnmask, type UnmaskGrant } from '../../contract/unmasking.ts';
import { update } from '../cases/messages.ts';
import { readView } from '../cases/read.ts';
import { logAccess } from '../ledger/access-log.ts';
import { ledgerOf } from '../ledger/verify.ts';
import { contextOf } from '../persons/cases-of-person.ts';
import type { Access } from '../reach/access.ts';
import { accepted } from '../reach/case-id.ts';
import { requestAtDoor } from '../reach/private-doors.ts';

/** What was masked, as it was. */
export interface Unmasked {
  readonly caseId: string;
  readonly handoffId: string;
  readonly field: string;
  /** The original texts of the field: one, except where names of fields were masked alike. */
  readonly values: readonly string[];
  /** Under which the retrieval is on record: `u1` in the ledger of the case, `a1` in the access log of a closed one. */
  readonly grantId: string;
}

/**
 * Shows a person what an edge has masked. In an open case the case decides, and writes who, why and which field into
 * its ledger before anybody sees anything; the leave it gives is used here at once. A closed case cannot write any
 * more: the same rule is asked of its last state, and the access log has the record.
 * @throws BatonError `CONFIGURATION_INVALID` without a context store, or for a closed case without a ledger;
 * `FIELD_NOT_MASKED`, `UNMASK_FORBIDDEN`, `ORIGINAL_NOT_KEPT`, `GRANT_USED`, `GRANT_EXPIRED`, `PERSON_ERASED`,
 * `CASE_UNKNOWN`, `NO_WORKER`, `INPUT_INVALID`
 */
export async function unmask(access: Access, caseId: string, request: Unmask): Promise<Unmasked> {
  const asked = accepted(parseUnmask(request));
  contextOf(access);
  const value = await requestAtDoor(access, caseId, asked);
  const grant = await askForGrant(access, caseId, value);
  const view = await readView(access, caseId);
  if (grant) return show(access, view, grant);
  const closed = await grantOfClosed(access, view, value);
  return show(access, view, closed.grant, closed.row);
}

/**
 * Uses leave that a case gave before, for instance to an update of the Temporal UI. It is used once, whoever asks.
 * @throws BatonError `GRANT_UNKNOWN`, `GRANT_USED`, `GRANT_EXPIRED`, `UNMASK_FORBIDDEN` for another person;
 * others as {@link unmask}
 */
export async function redeemGrant(
  access: Access,
  caseId: string,
  request: { readonly grantId: string; readonly by: string },
): Promise<Unmasked> {
  contextOf(access);
  const view = await readView(access, caseId);
  const grant = view.grants?.find((one) => one.id === request.grantId);
  if (!grant) throw new BatonError(failure('GRANT_UNKNOWN', JSON.stringify(request.grantId), 'grantId'));
  if (grant.by !== request.by)
    throw new BatonError(failure('UNMASK_FORBIDDEN', `${grant.id} was given to ${grant.by}`, 'by'));
  return show(access, view, grant);
}

/** Leave from the case itself; undefined where it is closed. */
async function askForGrant(access: Access, caseId: string, wish: Unmask): Promise<UnmaskGrant | undefined> {
  try {
    const { grant } = await update(access, caseId, MESSAGES.unmask, wish);
    if (!grant) throw new RangeError('a wish to unmask was taken without a grant');
    return grant;
  } catch (thrown) {
    if (isBatonError(thrown) && thrown.code === 'CASE_CLOSED') return undefined;
    throw thrown;
  }
}

/** Leave to see something of a closed case, written into its access log. */
async function grantOfClosed(
  access: Access,
  view: CaseView,
  wish: Unmask,
): Promise<{ readonly grant: UnmaskGrant; readonly row: string }> {
  // Between its last decision and its end, a case takes nothing more and has not closed its ledger yet.
  if (view.stage !== 'closed') throw new BatonError(failure('CASE_CLOSED', 'it is just ending; ask again'));
  const { handoffId, originals } = accepted(judgeUnmask(view.unmaskable ?? [], wish));
  const { field, by, reason } = wish;
  const row = await logAccess(ledgerOf(access), view, { handoffId, field, by, reason, originals });
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const id = `a${String(row.sequence)}`;
  return { grant: { id, handoffId, field, by, originals, issuedAt: row.at, expiresAt }, row: row.hash };
}

/**
 * Uses a grant up and reads what it is for. Used up first: what was read twice would be on record once.
 * @param row hash of the row in the access log that has it on record: what is kept here anchors that log
 */
async function show(access: Access, view: CaseView, grant: UnmaskGrant, row?: string): Promise<Unmasked> {
  const { caseId, trace, user } = view;
  const { id, handoffId, field, by, originals, expiresAt } = grant;
  const context = contextOf(access);
  const now = new Date(Date.now());
  if (now.getTime() >= Date.parse(expiresAt))
    throw new BatonError(failure('GRANT_EXPIRED', `${id} was good until ${expiresAt}`, 'grantId'));
  const owner = { trace, caseId, ...(user?.id === undefined ? {} : { person: user.id }) };
  // A word of its own for each use: the store takes the same value twice for one write.
  const mark = { at: now.toISOString(), use: randomUUID(), ...(row === undefined ? {} : { row }) };
  const use = { version: '1.0.0', handoffId, field, by, ...mark };
  try {
    await context.write({
      case: owner,
      values: [{ key: `grant:${id}`, value: use, expectedVersion: 0 }],
    });
  } catch (thrown) {
    if (!isBatonError(thrown) || thrown.code !== 'CONTEXT_CONFLICT') throw thrown;
    throw new BatonError(failure('GRANT_USED', id, 'grantId'), { cause: thrown });
  }
  const { values } = await context.read({ trace, values: [{ reference: originals, fields: [field] }] });
  const [kept] = values;
  const texts = isJsonObject(kept) ? kept[field] : undefined;
  if (!Array.isArray(texts)) throw new BatonError(failure('CONTEXT_CHANGED', field, originals.key));
  return { caseId, handoffId, field, values: texts.map(String), grantId: id };
}
