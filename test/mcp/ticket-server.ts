import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, type CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** What the desk of tickets has seen, and what it offers now. */
export interface TicketDesk {
  /** Tickets by the key of the request that made them. */
  readonly tickets: Map<string, { readonly title: string; open: boolean }>;
  /** Keys taken back before they arrived. */
  readonly tombstones: Set<string>;
  /** Idempotency keys as `_meta` carried them. */
  readonly metaKeys: unknown[];
  description: string;
  offersSearch: boolean;
  /** Requests to open a ticket that are answered with `isError`, after the ticket was made. */
  failuresAhead: number;
}

/** A desk that nothing has happened at. */
export function ticketDesk(): TicketDesk {
  return {
    tickets: new Map(),
    tombstones: new Set(),
    metaKeys: [],
    description: 'Opens a ticket',
    offersSearch: true,
    failuresAhead: 0,
  };
}

/** A server of the protocol over a desk: made for each request over HTTP, once over standard input and output. */
export function ticketServer(desk: TicketDesk): McpServer {
  const server = new McpServer({ name: 'tickets', version: '1.2.0' });
  const input = z.object({ title: z.string().min(3), requestKey: z.string() });
  server.registerTool(
    'open_ticket',
    { description: desk.description, inputSchema: input },
    ({ title, requestKey }, context) => {
      desk.metaKeys.push(context.mcpReq._meta?.['baton/idempotency-key']);
      if (desk.tombstones.has(requestKey)) return wrong('taken back before it came');
      if (!desk.tickets.has(requestKey)) desk.tickets.set(requestKey, { title, open: true });
      if (desk.failuresAhead > 0) {
        desk.failuresAhead -= 1;
        return wrong('the desk lost its connection');
      }
      return { content: [], structuredContent: { ticket: requestKey.slice(0, 8), title } };
    },
  );
  server.registerTool(
    'withdraw_ticket',
    { description: 'Withdraws the ticket of a key', inputSchema: z.object({ requestKey: z.string() }) },
    ({ requestKey }) => {
      const ticket = desk.tickets.get(requestKey);
      if (ticket) ticket.open = false;
      else desk.tombstones.add(requestKey);
      return { content: [{ type: 'text', text: 'withdrawn' }] };
    },
  );
  if (desk.offersSearch)
    server.registerTool(
      'findTickets',
      {
        description: 'Finds tickets by a word',
        inputSchema: z.object({ word: z.string() }),
        annotations: { readOnlyHint: true },
      },
      ({ word }) => {
        if (word === 'storm') return wrong('the index is being rebuilt');
        const found = [...desk.tickets.values()].filter((one) => one.title.includes(word));
        return { content: [{ type: 'text', text: `${String(found.length)} found` }] };
      },
    );
  return server;
}

function wrong(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}

/** A desk over HTTP, on this machine alone. */
export interface ServedDesk {
  readonly url: string;
  readonly authorizations: (string | undefined)[];
  readonly close: () => Promise<void>;
}

/** Serves a desk by streamable HTTP. */
export async function serveTickets(desk: TicketDesk): Promise<ServedDesk> {
  const authorizations: (string | undefined)[] = [];
  const handle = toNodeHandler(createMcpHandler(() => ticketServer(desk)));
  const http: Server = createServer((request, response) => {
    authorizations.push(request.headers.authorization);
    void handle(request as Parameters<typeof handle>[0], response);
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((http.address() as AddressInfo).port)}/mcp`,
    authorizations,
    close: () =>
      new Promise((resolve) => {
        http.close(() => {
          resolve();
        });
        http.closeAllConnections();
      }),
  };
}
