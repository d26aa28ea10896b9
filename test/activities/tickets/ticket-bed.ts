import { createTicketActivities } from '../../../activities/tickets/mirror.ts';
import type { CaseDoor } from '../../../activities/tickets/case-door.ts';
import type { CaseView } from '../../../contract/case.ts';
import { BatonError, failure, type FailureCode } from '../../../contract/failures.ts';
import type { JsonObject } from '../../../contract/json.ts';
import { GENESIS_HASH, ledgerHash, type LedgerKind, type LedgerRow } from '../../../contract/ledger.ts';
import { ticketDesksOf } from '../../../contract/tickets/read-desks.ts';
import type { TicketMirror, TicketMirrored } from '../../../contract/tickets/mirror.ts';
import {
  startLocalDesk,
  type LocalDesk,
  type LocalDeskOptions,
} from '../../../examples/tickets/local-desk.ts';
import { environmentOf } from '../activity-desk.ts';

/** Number of Baton's own account, and of people's. */
export const OWN = 1;
export const ANA = 20;
export const STRANGER = 66;
export const ACCOUNT = { email: 'baton@acme.example', token: 'secret-token', id: OWN };

/** A case as its doors show it, and what was done to it. */
export interface FakeCase {
  readonly caseId: string;
  team: string;
  readonly rows: LedgerRow[];
  readonly messages: { readonly id: string; readonly text: string }[];
  readonly done: (readonly [string, JsonObject])[];
  /** Failures that the doors answer with from now on, by the name of the door. */
  readonly refuses: Partial<Record<keyof CaseDoor, FailureCode>>;
  reviews: readonly object[];
  /** So many acts from now on are done, and their answers lost. */
  losesAnswers: number;
  /** A boundary is crossed. */
  add(kind: LedgerKind, content?: JsonObject, owner?: string): void;
  /** Somebody speaks. */
  say(kind: 'message-received' | 'message-sent', id: string, text: string, from?: JsonObject): void;
}

/** A case whose rows and messages a test writes. */
export function fakeCase(caseId = 'order-7', team = 'hello'): FakeCase {
  const rows: LedgerRow[] = [];
  const messages: FakeCase['messages'] = [];
  let owner = 'greeter';
  const add: FakeCase['add'] = (kind, content = {}, next = owner) => {
    owner = next;
    const at = `2026-01-02T03:04:${String(rows.length % 60).padStart(2, '0')}.000Z`;
    const row = {
      ...{ version: '1.0.0' as const, trace: `trace-of-${caseId}`, sequence: rows.length + 1, at },
      ...{ previous: rows.at(-1)?.hash ?? GENESIS_HASH, kind, owner, content },
    };
    rows.push({ ...row, hash: ledgerHash(row) });
  };
  return {
    ...{ caseId, team, rows, messages, done: [], refuses: {}, reviews: [], losesAnswers: 0, add },
    say: (kind, id, text, from = { kind: 'agent', name: 'greeter' }) => {
      messages.push({ id, text });
      add(kind, {
        messageId: id,
        ...(kind === 'message-sent' ? { from } : { sequence: messages.length }),
      });
    },
  };
}

/** The doors of some cases. They do nothing but remember. */
export function doorsOf(cases: readonly FakeCase[]): CaseDoor {
  const caseOf = (caseId: string, door: keyof CaseDoor): FakeCase => {
    const found = cases.find((one) => one.caseId === caseId);
    if (!found) throw new BatonError(failure('CASE_UNKNOWN', caseId, 'caseId'));
    const refused = found.refuses[door];
    if (refused !== undefined) throw new BatonError(failure(refused, 'the words of a case'));
    return found;
  };
  const act =
    (door: Exclude<keyof CaseDoor, 'status' | 'show'>) => async (caseId: string, request: object) => {
      await Promise.resolve();
      const found = caseOf(caseId, door);
      const { done } = found;
      const said = JSON.stringify(request);
      const repeated = done.some(([name, before]) => name === door && JSON.stringify(before) === said);
      if (!repeated) done.push([door, request as JsonObject]);
      if (found.losesAnswers > 0) {
        found.losesAnswers -= 1;
        throw new BatonError(failure('NO_WORKER'));
      }
      return { accepted: true as const, repeated, detail: '' };
    };
  return {
    status: async (caseId) => {
      await Promise.resolve();
      const { rows, team } = caseOf(caseId, 'status');
      return { trace: rows[0]?.trace ?? '', team };
    },
    show: async (caseId) => {
      await Promise.resolve();
      const { messages, reviews } = caseOf(caseId, 'show');
      const transcript = messages.map((one, index) => ({ ...one, sequence: index + 1 }));
      return { transcript, reviews, handoffs: HANDOFFS } as unknown as CaseView;
    },
    reply: act('reply'),
    claim: act('claim'),
    release: act('release'),
    giveBack: act('giveBack'),
    resolve: act('resolve'),
    decide: act('decide'),
  };
}

const HANDOFFS = [{ id: 'h1', reasonCode: 'user-asked', explanation: 'wants somebody at +49 30 1234567' }];

/** A local desk with the activity that mirrors to it. */
export interface TicketBed {
  readonly desk: LocalDesk;
  /** One attempt at a round for a case. */
  readonly mirror: (
    one: FakeCase | string,
    more?: Partial<TicketMirror>,
    nth?: number,
  ) => Promise<TicketMirrored>;
  readonly close: () => Promise<void>;
}

/** Opens one. `rules` are the desk's, beside its address. */
export async function openTicketBed(
  cases: readonly FakeCase[],
  rules: object = {},
  options: Partial<LocalDeskOptions> = {},
): Promise<TicketBed> {
  const desk = await startLocalDesk({ account: ACCOUNT, fields: [7, 8, 9], ...options });
  const desks = ticketDesksOf({
    version: '1.0.0',
    allowedHosts: [desk.host],
    desks: {
      support: {
        url: desk.url,
        account: { email: ACCOUNT.email, tokenVariable: 'TOKEN' },
        pools: { desk: { group: 5 } },
        words: 'masked',
        people: { [ANA]: 'ana' },
        ...rules,
      },
    },
  });
  const read = (
    trace: string,
    { after = 0, limit = 1_000 }: { after?: number; limit?: number } = {},
  ): Promise<readonly LedgerRow[]> => {
    const found = cases.find(({ rows }) => rows[0]?.trace === trace);
    return Promise.resolve((found?.rows ?? []).slice(after, after + limit));
  };
  const { 'mirror-ticket': mirrorTicket } = createTicketActivities({
    desks,
    tokens: { support: ACCOUNT.token },
    ledger: { read },
    door: doorsOf(cases),
  });
  return {
    desk,
    mirror: (one, more = {}, nth = 1) => {
      const caseId = typeof one === 'string' ? one : one.caseId;
      const input: TicketMirror = {
        ...{ version: '1.0.0', desk: 'support', caseId, through: 0, taken: 0 },
        ...more,
      };
      return environmentOf({ attempt: nth }).run<[TicketMirror], TicketMirrored, typeof mirrorTicket>(
        mirrorTicket,
        input,
      );
    },
    close: () => desk.close(),
  };
}
