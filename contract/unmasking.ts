import type { HandoffRecord } from './case.ts';
import type { ContextReference } from './context.ts';
import { edgeBehind } from './edges.ts';
import { failure } from './failures.ts';
import { getOwn } from './json.ts';
import type { Parsed } from './parse.ts';
import type { TeamManifest } from './team.ts';

/** Names that a refusal lists: enough to choose from, few enough to read. */
const NAMED = 20;

/** What one handoff has masked, and who may see the originals. */
export interface Unmaskable {
  readonly handoffId: string;
  /** Dotted paths of the masked fields, as in the handoff's `masked`. */
  readonly fields: readonly string[];
  /** Where the originals are kept; absent where the worker that masked them had no context store. */
  readonly originals?: ContextReference;
  /** People whose role allows it. */
  readonly by: readonly string[];
}

/** Leave to see the original of one masked field, once. The value itself is in the context store alone. */
export type UnmaskGrant = {
  /** `u1`, `u2` ... within its case. */
  readonly id: string;
  readonly handoffId: string;
  readonly field: string;
  /** The person it was given to, and nobody else. */
  readonly by: string;
  readonly originals: ContextReference;
  readonly issuedAt: string;
  /** Until when it may be used. */
  readonly expiresAt: string;
};

/** What a person asks to see. */
export interface UnmaskWish {
  readonly field: string;
  /** The handoff that masked it; the last one that did when absent. */
  readonly handoffId?: string | undefined;
  readonly by: string;
}

/** What the handoffs of a case have masked, oldest first. */
export function unmaskableOf(
  manifest: TeamManifest,
  handoffs: readonly Pick<HandoffRecord, 'id' | 'from' | 'to' | 'verb' | 'masked' | 'originals'>[],
): readonly Unmaskable[] {
  return handoffs.flatMap((one) =>
    one.masked === undefined
      ? []
      : [
          {
            handoffId: one.id,
            fields: [...new Set(one.masked.map(({ field }) => field))],
            ...(one.originals ? { originals: one.originals } : {}),
            by: peopleWhoMayUnmask(manifest, one),
          },
        ],
  );
}

/**
 * Whether somebody may see the original of a field, and where it is. Asked by the case for its open life, and by
 * the client once the case is closed: one rule for both.
 * @returns failures `FIELD_NOT_MASKED`, `UNMASK_FORBIDDEN`, `ORIGINAL_NOT_KEPT`
 */
export function judgeUnmask(
  unmaskable: readonly Unmaskable[],
  wish: UnmaskWish,
): Parsed<{ readonly handoffId: string; readonly originals: ContextReference }> {
  const { field, handoffId, by } = wish;
  const masking = unmaskable.filter(
    (one) => one.fields.includes(field) && (handoffId === undefined || one.handoffId === handoffId),
  );
  if (masking.length === 0) {
    const where = unmaskable.filter((one) => handoffId === undefined || one.handoffId === handoffId);
    const known = namesOf(where.flatMap(({ fields }) => fields));
    return refused('FIELD_NOT_MASKED', `${JSON.stringify(field)}; masked: ${known}`, 'unmask.field');
  }
  const allowed = masking.filter((one) => one.by.includes(by));
  if (allowed.length === 0) {
    const may = namesOf(masking.flatMap((one) => one.by));
    return refused('UNMASK_FORBIDDEN', `${JSON.stringify(by)}; allowed: ${may}`, 'unmask.by');
  }
  const kept = allowed.findLast((one) => one.originals !== undefined);
  return kept?.originals
    ? { ok: true, value: { handoffId: kept.handoffId, originals: kept.originals } }
    : refused('ORIGINAL_NOT_KEPT', JSON.stringify(field), 'unmask.field');
}

/** People who hold a role that the edge allows, or their own pool where the edge names none. */
function peopleWhoMayUnmask(
  manifest: TeamManifest,
  handoff: Pick<HandoffRecord, 'from' | 'to' | 'verb'>,
): readonly string[] {
  const edge = edgeBehind(manifest, handoff.from, handoff.to, handoff.verb);
  const people = Object.values(manifest.pools).flatMap((pool) =>
    Object.keys(pool.members).filter((name) => {
      const roles = getOwn(pool.members, name)?.roles ?? [];
      return (edge?.unmask ?? pool.unmask ?? []).some((role) => roles.includes(role));
    }),
  );
  return [...new Set(people)];
}

function namesOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  if (distinct.length === 0) return 'nobody and nothing';
  const more = distinct.length > NAMED ? ` and ${String(distinct.length - NAMED)} more` : '';
  return `${distinct.slice(0, NAMED).join(', ')}${more}`;
}

function refused(
  code: 'FIELD_NOT_MASKED' | 'UNMASK_FORBIDDEN' | 'ORIGINAL_NOT_KEPT',
  detail: string,
  field: string,
): Parsed<never> {
  return { ok: false, failure: failure(code, detail, field) };
}
