import type { z } from 'zod';
import { BatonError, failure, type Failure } from '../../contract/failures.ts';
import { isJsonObject } from '../../contract/json.ts';
import { cutText } from '../../contract/text.ts';
import type { TicketDesk } from '../../contract/tickets/desks.ts';
import type { createSender, SentAnswer } from '../outside/send.ts';
import { ticketAnswers, type Audit, type Ticket, type TicketMark } from './answers.ts';

/** A change of a ticket, by Baton. */
export interface TicketUpdate {
  readonly comment: { readonly body: string; readonly public: boolean };
  readonly status?: 'open' | 'pending' | 'solved';
  readonly group?: number;
  readonly fields: readonly { readonly id: number; readonly value: string }[];
  readonly mark: TicketMark;
}

/** A ticket that is to be. */
export interface NewTicket extends TicketUpdate {
  readonly subject: string;
  readonly externalId: string;
  readonly tags: readonly string[];
  /** The closed ticket that this one goes on from: the system lets nobody change that one any more. */
  readonly followUpOf?: number;
  /** The same again is the same ticket. */
  readonly idempotencyKey: string;
}

/** A ticket system as one account sees it. Everything fails with a {@link TicketSystemError}. */
export interface TicketSystem {
  /** Number of the account itself: what it writes is Baton's own. */
  readonly whoAmI: () => Promise<number>;
  readonly find: (externalId: string) => Promise<readonly Ticket[]>;
  /** Undefined where there is none of that number any more. */
  readonly read: (ticket: number) => Promise<Ticket | undefined>;
  readonly create: (ticket: NewTicket) => Promise<Ticket>;
  /** Only if the ticket is still as it was read. */
  readonly update: (ticket: Ticket, update: TicketUpdate) => Promise<Ticket>;
  /** Everything that was done to a ticket, in order. */
  readonly audits: (ticket: number) => Promise<readonly Audit[]>;
}

/** A failure of a ticket system, with the pause that it asked for. */
export class TicketSystemError extends BatonError {
  readonly pauseMs: number | undefined;
  constructor(what: Failure, pauseMs?: number) {
    super(what);
    this.pauseMs = pauseMs;
  }
}

/** How a ticket system is reached. */
export interface TicketSystemOptions {
  readonly desk: Pick<TicketDesk, 'url' | 'account' | 'timeoutMs'>;
  readonly token: string;
  readonly send: ReturnType<typeof createSender>;
  readonly signal: AbortSignal;
  /** Called before each request. */
  readonly onRequest: () => void;
}

const PAGE = 100;
/** Zendesk lets a ticket have 5,000 comments; changes without one come on top. */
const PAGES = 100;

/** The API of tickets as Zendesk has it (https://developer.zendesk.com/api-reference/ticketing/introduction/). */
export function openTicketSystem(options: TicketSystemOptions): TicketSystem {
  const shapes = ticketAnswers();
  const ask = <Shape extends z.ZodType>(shape: Shape, request: Request): Promise<z.output<Shape>> =>
    askSystem(options, shape, request);
  return {
    whoAmI: async () => (await ask(shapes.me, { method: 'GET', path: '/api/v2/users/me.json' })).user.id,
    find: async (externalId) => {
      const path = `/api/v2/tickets.json?external_id=${encodeURIComponent(externalId)}`;
      const { tickets } = await ask(shapes.tickets, { method: 'GET', path });
      // Whatever else it answers is somebody else's.
      return tickets.filter((one) => one.external_id === externalId);
    },
    read: async (ticket) => {
      try {
        return (await ask(shapes.ticket, { method: 'GET', path: pathOf(ticket) })).ticket;
      } catch (thrown) {
        if (thrown instanceof AbsentError) return undefined;
        throw thrown;
      }
    },
    create: async ({ idempotencyKey, subject, externalId, tags, followUpOf, ...update }) => {
      const ticket = {
        ...bodyOf(update),
        subject,
        external_id: externalId,
        tags,
        ...(followUpOf === undefined ? {} : { via_followup_source_id: followUpOf }),
      };
      const headers = { 'idempotency-key': idempotencyKey };
      return (
        await ask(shapes.ticket, { method: 'POST', path: '/api/v2/tickets.json', body: { ticket }, headers })
      ).ticket;
    },
    update: async ({ id, updated_at: stamp }, update) => {
      const ticket = { ...bodyOf(update), safe_update: true, updated_stamp: stamp };
      return (await ask(shapes.ticket, { method: 'PUT', path: pathOf(id), body: { ticket } })).ticket;
    },
    audits: async (ticket) => {
      const found: Audit[] = [];
      let after = '';
      for (let page = 0; page < PAGES; page += 1) {
        const path = `/api/v2/tickets/${String(ticket)}/audits.json?page[size]=${String(PAGE)}${after}`;
        const { audits, meta } = await ask(shapes.audits, { method: 'GET', path });
        found.push(...audits);
        if (!meta.has_more || !meta.after_cursor) break;
        after = `&page[after]=${encodeURIComponent(meta.after_cursor)}`;
      }
      return found.toSorted((left, right) => left.id - right.id);
    },
  };
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** There is nothing of that number. */
class AbsentError extends TicketSystemError {}

async function askSystem<Shape extends z.ZodType>(
  { desk, token, send, signal, onRequest }: TicketSystemOptions,
  shape: Shape,
  { method, path, body, headers }: Request,
): Promise<z.output<Shape>> {
  onRequest();
  const what = `${method} ${path.split('?', 1)[0] ?? ''}`;
  const unavailable = (said: string, pauseMs?: number): TicketSystemError =>
    new TicketSystemError(failure('TICKET_SYSTEM_UNAVAILABLE', `${what}: ${said}`), pauseMs);
  const answer = await send({
    method,
    url: new URL(path, desk.url).href,
    timeoutMs: desk.timeoutMs,
    signal,
    headers: {
      accept: 'application/json',
      authorization: authorizationOf(desk, token),
      'user-agent': 'baton-tickets',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((thrown: unknown) => {
    if (signal.aborted) throw thrown;
    throw unavailable(cutText(thrown instanceof Error ? thrown.message : String(thrown), 300));
  });
  const { status } = answer;
  if (status >= 200 && status < 300) {
    const parsed = answer.isWhole ? shape.safeParse(jsonOf(answer.body)) : undefined;
    if (parsed?.success === true) return parsed.data;
    const fields = (parsed?.error.issues ?? []).slice(0, 3).map(({ path: at }) => at.join('.'));
    throw unavailable(`status ${String(status)} with an answer that is none (${fields.join(', ') || 'cut'})`);
  }
  throw refusalOf(what, answer) ?? unavailable(`status ${String(status)}`, answer.retryAfterMs);
}

/** What a status says that another attempt does not mend by itself. Words of an answer may quote us: codes are kept. */
function refusalOf(what: string, answer: SentAnswer): TicketSystemError | undefined {
  const { status } = answer;
  const said = `${what}: status ${String(status)}${codesOf(answer)}`;
  switch (status) {
    case 401:
    case 403:
      return new TicketSystemError(failure('TICKET_CREDENTIALS_REFUSED', said));
    case 404:
      return new AbsentError(failure('TICKET_REFUSED', said));
    case 400:
      // Under its key stands what an earlier attempt said: the ticket is there, and is found.
      return said.includes('IdempotentRequestError')
        ? new TicketSystemError(failure('TICKET_CONFLICT', said), answer.retryAfterMs)
        : new TicketSystemError(failure('TICKET_REFUSED', said));
    case 413:
    case 422:
      return new TicketSystemError(failure('TICKET_REFUSED', said));
    case 409:
      return new TicketSystemError(failure('TICKET_CONFLICT', said), answer.retryAfterMs);
    default:
      return undefined;
  }
}

/** `error` of an answer and the fields that `details` names: one word each. */
function codesOf({ body }: SentAnswer): string {
  const json = jsonOf(body);
  if (!isJsonObject(json)) return '';
  const { error, details } = json;
  const fields = isJsonObject(details) ? Object.keys(details) : [];
  const words = [error, ...fields].filter(
    (word): word is string => typeof word === 'string' && /^[\w.-]{1,60}$/.test(word),
  );
  return words.length === 0 ? '' : ` ${words.slice(0, 6).join(' ')}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function authorizationOf({ account }: Pick<TicketDesk, 'account'>, token: string): string {
  if (account.email === undefined) return `Bearer ${token}`;
  return `Basic ${Buffer.from(`${account.email}/token:${token}`).toString('base64')}`;
}

function pathOf(ticket: number): string {
  return `/api/v2/tickets/${String(ticket)}.json`;
}

function bodyOf({ comment, status, group, fields, mark }: TicketUpdate): object {
  return {
    comment,
    ...(status === undefined ? {} : { status }),
    ...(group === undefined ? {} : { group_id: group }),
    ...(fields.length === 0 ? {} : { custom_fields: fields }),
    metadata: { custom: { baton: mark } },
  };
}
