import type { CallToolResult, Client, Transport } from '@modelcontextprotocol/client';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { locationText, type McpLocation } from './location.ts';
import { readOffer, type McpOffer } from './pins.ts';

export type { CallToolResult } from '@modelcontextprotocol/client';

/** How long a server has to answer the opening and the list of its tools, in milliseconds. */
const OPENING_MS = 10_000;
/** How long a list of tools counts, in milliseconds: over HTTP a server cannot always tell of a change. */
const FRESH_MS = 60_000;

/** What a call is made with. */
export interface McpCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Travels as `_meta`, for servers that know it. */
  readonly key: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
}

/** A connection that is opened at its first use, shared by all calls of a process, and opened again when it broke. */
export interface McpConnection {
  /**
   * What the server offers, and what it says of itself. Asked once a minute at most, and again when the server tells of
   * a change.
   * @throws BatonError `MCP_UNREACHABLE`
   */
  readonly offers: () => Promise<McpOffers>;
  /** @throws BatonError `MCP_UNREACHABLE`; what the protocol answers with an error is thrown as it is */
  readonly call: (call: McpCall) => Promise<CallToolResult>;
  /** Ends the connection and, over standard input and output, the program. It may be used again. */
  readonly close: () => Promise<void>;
}

/** All tools of a server. */
export interface McpOffers {
  readonly server: { readonly name: string; readonly version: string };
  readonly tools: ReadonlyMap<string, McpOffer>;
}

interface Opened {
  readonly client: Client;
  offers: Promise<McpOffers> | undefined;
  listedAt: number;
}

/** A connection to a server of the Model Context Protocol. Nothing is opened yet. */
export function connectMcp(location: McpLocation): McpConnection {
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    if (opened) return opened;
    const forget = (): void => {
      if (opened === opening) opened = undefined;
    };
    const opening = openClient(location, forget);
    opening.catch(forget);
    return (opened = opening);
  };
  const offers = async (): Promise<McpOffers> => {
    const connection = await open();
    if (Date.now() - connection.listedAt > FRESH_MS) connection.offers = undefined;
    if (!connection.offers) {
      connection.listedAt = Date.now();
      connection.offers = listOffers(connection.client, location);
    }
    try {
      return await connection.offers;
    } catch (thrown) {
      connection.offers = undefined;
      throw thrown;
    }
  };
  return {
    offers,
    call: async ({ tool, key, signal, timeoutMs, arguments: given }) => {
      const { client } = await open();
      return client.callTool(
        { name: tool, arguments: given, _meta: { 'baton/idempotency-key': key } },
        { timeout: timeoutMs, ...(signal ? { signal } : {}) },
      );
    },
    close: async () => {
      const closing = opened;
      opened = undefined;
      await closing?.then(
        ({ client }) => client.close(),
        () => undefined,
      );
    },
  };
}

async function openClient(location: McpLocation, closed: () => void): Promise<Opened> {
  const changed = (): void => {
    result.offers = undefined;
  };
  // Loaded by who has such a server: it is large.
  const protocol = await import('@modelcontextprotocol/client');
  const client = new protocol.Client(
    { name: 'baton', version: '1.0.0' },
    { listChanged: { tools: { onChanged: changed, autoRefresh: false } } },
  );
  const result: Opened = { client, offers: undefined, listedAt: 0 };
  client.onclose = closed;
  try {
    await client.connect(await transportOf(location), { timeout: OPENING_MS });
    return result;
  } catch (thrown) {
    await client.close().catch(() => undefined);
    throw unreachable(location, thrown);
  }
}

async function transportOf(location: McpLocation): Promise<Transport> {
  switch (location.kind) {
    case 'stdio': {
      const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
      return new StdioClientTransport({
        command: location.command,
        args: [...(location.args ?? [])],
        // Not `inherit`: what a foreign program writes has no place among a worker's log lines.
        stderr: 'ignore',
        ...(location.environment ? { env: { ...location.environment } } : {}),
        ...(location.folder === undefined ? {} : { cwd: location.folder }),
      });
    }
    case 'http': {
      const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
      return new StreamableHTTPClientTransport(new URL(location.url), {
        requestInit: { headers: { ...location.headers?.() } },
      });
    }
  }
}

async function listOffers(client: Client, location: McpLocation): Promise<McpOffers> {
  try {
    const { tools } = await client.listTools(undefined, { timeout: OPENING_MS, cacheMode: 'refresh' });
    const { name, version } = client.getServerVersion() ?? { name: 'unnamed', version: '0' };
    const offers = tools.map((tool) => [tool.name, readOffer(tool)] as const);
    return { server: { name, version }, tools: new Map(offers) };
  } catch (thrown) {
    throw unreachable(location, thrown);
  }
}

function unreachable(location: McpLocation, thrown: unknown): BatonError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new BatonError(failure('MCP_UNREACHABLE', `${locationText(location)}: ${reason}`), {
    cause: thrown,
  });
}
