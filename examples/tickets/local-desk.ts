import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tellHook, type DeskHook } from './desk-hooks.ts';
import {
  DeskState,
  Refused,
  type DeskAudit,
  type DeskChange,
  type DeskComment,
  type DeskRules,
  type DeskTicket,
  type Written,
} from './desk-state.ts';

/** A request that came, for whoever looks on. */
export interface DeskRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What a local desk is made from. */
export interface LocalDeskOptions extends DeskRules {
  readonly port?: number;
  /** Where changes are told of, signed; nowhere when absent. */
  readonly hook?: DeskHook;
  /** Told of whatever is done to a ticket. */
  readonly onAudit?: (audit: DeskAudit) => void;
  /** Called before each request: what it returns is the answer instead. */
  readonly meddle?: (
    request: DeskRequest,
  ) => { status: number; headers?: Record<string, string> } | undefined;
  /** Called once a request has done its work: what it returns is answered instead of what was done. */
  readonly lose?: (request: DeskRequest) => boolean;
}

/** A ticket system on this host that speaks the API of tickets as Zendesk has it, as far as Baton uses it. */
export interface LocalDesk {
  readonly url: string;
  readonly host: string;
  readonly tickets: ReadonlyMap<number, DeskTicket>;
  readonly audits: readonly DeskAudit[];
  readonly requests: readonly DeskRequest[];
  /** A person does something to a ticket; resolves once the hook, where there is one, has answered. */
  act(by: number, ticket: number, change: DeskChange): Promise<DeskAudit>;
  /** What stands in a ticket, oldest first. */
  comments(ticket: number): readonly DeskComment[];
  close(): Promise<void>;
}

const PAGE = 100;

/** Starts a local desk. */
export async function startLocalDesk(options: LocalDeskOptions): Promise<LocalDesk> {
  const state = new DeskState(options, options.onAudit);
  const requests: DeskRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(state, options, { requests, request, response, body: Buffer.concat(chunks).toString('utf8') });
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    host,
    url: `http://${host}`,
    tickets: state.tickets,
    audits: state.audits,
    requests,
    act: async (by, ticket, change) => {
      const audit = state.change(by, ticket, change);
      if (options.hook) await tellHook(options.hook, audit, state.read(ticket));
      return audit;
    },
    comments: (ticket) =>
      state.audits
        .filter(({ ticket_id }) => ticket_id === ticket)
        .flatMap(({ events }) => events)
        .filter(({ type }) => type === 'Comment')
        .map((one) => ({ body: String(one['body']), public: one['public'] === true })),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Exchange {
  readonly requests: DeskRequest[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

function answer(
  state: DeskState,
  options: LocalDeskOptions,
  { requests, request, response, body }: Exchange,
): void {
  const { method = '', headers } = request;
  const url = new URL(request.url ?? '/', 'http://desk');
  const seen: DeskRequest = {
    method,
    path: url.pathname,
    headers,
    body: body === '' ? undefined : JSON.parse(body),
  };
  requests.push(seen);
  const say = (status: number, json: object, more: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(json));
  };
  const { email, token } = options.account;
  const expected = `Basic ${Buffer.from(`${email}/token:${token}`).toString('base64')}`;
  try {
    const meddled = options.meddle?.(seen);
    if (meddled) {
      say(meddled.status, { error: 'Meddled' }, meddled.headers);
      return;
    }
    if (headers.authorization !== expected) throw new Refused(401, { error: 'Couldnt_authenticate_you' });
    const { status, json } = route(state, options, { seen, url });
    if (options.lose?.(seen) === true) response.destroy();
    else say(status, json);
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    say(thrown.status, thrown.answer);
  }
}

function route(
  state: DeskState,
  { account }: LocalDeskOptions,
  { seen, url }: { readonly seen: DeskRequest; readonly url: URL },
): { readonly status: number; readonly json: object } {
  const { method, path, headers } = seen;
  const written = (): Written => (seen.body as { ticket: Written }).ticket;
  if (path === '/api/v2/users/me.json') return { status: 200, json: { user: { id: account.id } } };
  if (path === '/api/v2/tickets.json' && method === 'GET') {
    const wanted = url.searchParams.get('external_id');
    const tickets = [...state.tickets.values()].filter((one) => one.external_id === wanted);
    return { status: 200, json: { tickets } };
  }
  if (path === '/api/v2/tickets.json') {
    const key = headers['idempotency-key'];
    return { status: 201, json: { ticket: state.create(Array.isArray(key) ? key[0] : key, written()) } };
  }
  const [, id = '', rest] = /^\/api\/v2\/tickets\/(\d+)(\/audits)?\.json$/.exec(path) ?? [];
  if (id === '') throw new Refused(404, { error: 'InvalidEndpoint' });
  if (rest !== undefined) {
    const all = state.audits.filter(({ ticket_id }) => ticket_id === Number(id));
    const from = Number(url.searchParams.get('page[after]') ?? '0');
    const audits = all.slice(from, from + PAGE);
    const after = from + audits.length;
    const meta = { has_more: after < all.length, after_cursor: String(after) };
    return { status: 200, json: { audits, meta } };
  }
  if (method === 'PUT') state.change(account.id, Number(id), written());
  return { status: 200, json: { ticket: state.read(Number(id)) } };
}
