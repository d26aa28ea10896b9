import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { anthropic } from './anthropic.ts';
import { google } from './google.ts';
import { openAiChat } from './openai-chat.ts';
import { openAiResponses } from './openai-responses.ts';
import type { Dialect, DialectPort, NumberedStep, VendorRequest, VendorStep } from './vendor-step.ts';

/** What a server of vendors' protocols is told. */
export interface VendorServerOptions {
  /** Answers in order, by the name of the model that is asked: give every agent a model of its own. */
  readonly scripts?: Readonly<Record<string, readonly VendorStep[]>>;
  /** Answers whatever no script is for. */
  readonly answer?: (request: VendorRequest) => VendorStep;
}

/** A local server that speaks the protocols of model vendors over HTTP, and plays scripts. */
export interface VendorServer {
  /** Addresses and a key by vendor, as `ModelSettings.vendors` and the vendors' own variables want them. */
  readonly vendors: Readonly<
    Record<
      'openai' | 'openai-chat' | 'openai-compatible' | 'anthropic' | 'google',
      {
        readonly baseUrl: string;
        readonly apiKey: string;
      }
    >
  >;
  /** Every request that came, in order. */
  readonly requests: readonly VendorRequest[];
  /** @throws an error that names steps left over, requests beyond the last step, and expectations that failed */
  readonly assertComplete: () => void;
  readonly close: () => Promise<void>;
}

const PORTS: Readonly<Record<Dialect, DialectPort>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic,
  google,
};

/** Starts the server on a free port of this machine. */
export async function startVendorServer(options: VendorServerOptions = {}): Promise<VendorServer> {
  const requests: VendorRequest[] = [];
  const faults: string[] = [];
  const places = new Map<string, number>();

  function stepFor(request: VendorRequest): VendorStep | undefined {
    const script = options.scripts?.[request.model];
    if (!script) return options.answer?.(request);
    const place = places.get(request.model) ?? 0;
    places.set(request.model, place + 1);
    return script[place];
  }

  function expected(request: VendorRequest, step: VendorStep): boolean {
    try {
      step.expect?.(request);
      return true;
    } catch (thrown) {
      faults.push(`request ${String(requests.length)} to ${request.model}: ${String(thrown)}`);
      return false;
    }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    const body = await bodyOf(incoming);
    const dialect = dialectOf(path);
    if (!dialect) {
      faults.push(`no protocol has ${String(incoming.method)} ${path}`);
      send(response, 404, { error: { message: `no such path: ${path}` } });
      return;
    }
    const port = PORTS[dialect];
    const request: VendorRequest = { dialect, body, headers: incoming.headers, ...port.read(path, body) };
    requests.push(request);
    const number = requests.length;
    const step = stepFor(request);
    if (!step || !expected(request, step)) {
      if (!step)
        faults.push(`${request.model} is asked for more than its script has (request ${String(number)})`);
      send(response, 400, port.error(400, 'the script has no such request', undefined));
      return;
    }
    await step.until;
    await play(response, port, request.stream, { step, model: request.model, number });
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((thrown: unknown) => {
      faults.push(String(thrown));
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const at = (path: string): { readonly baseUrl: string; readonly apiKey: string } => ({
    baseUrl: `http://127.0.0.1:${String(port)}${path}`,
    apiKey: 'test-key',
  });
  return {
    vendors: {
      openai: at('/openai/v1'),
      'openai-chat': at('/openai/v1'),
      'openai-compatible': at('/compatible/v1'),
      anthropic: at('/anthropic/v1'),
      google: at('/google/v1beta'),
    },
    requests,
    assertComplete: () => {
      const left = Object.entries(options.scripts ?? {}).flatMap(([model, steps]) => {
        const done = places.get(model) ?? 0;
        return done < steps.length
          ? [`${model} played ${String(done)} of ${String(steps.length)} steps`]
          : [];
      });
      if (left.length + faults.length > 0) throw new Error([...faults, ...left].join('; '));
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function dialectOf(address: string): Dialect | undefined {
  const [path = ''] = address.split('?');
  if (path.endsWith('/chat/completions')) return 'openai-chat';
  if (path.endsWith('/responses')) return 'openai-responses';
  if (path.endsWith('/messages')) return 'anthropic';
  return /:(?:stream)?[gG]enerateContent/.test(path) ? 'google' : undefined;
}

async function bodyOf(incoming: IncomingMessage): Promise<JsonObject> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}');
  return isJsonObject(value) ? value : {};
}

async function play(
  response: ServerResponse,
  port: DialectPort,
  stream: boolean,
  answer: NumberedStep,
): Promise<void> {
  const { fault } = answer.step;
  if (fault?.kind === 'status') {
    if (fault.retryAfterS !== undefined) response.setHeader('retry-after', String(fault.retryAfterS));
    send(response, fault.status, port.error(fault.status, fault.message ?? 'as the script says', fault.code));
    return;
  }
  if (!stream) {
    if (fault?.kind === 'garbage')
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"half');
    else if (fault) response.destroy();
    else send(response, 200, port.whole(answer));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const pieces = port.pieces(answer);
  for (const [index, piece] of pieces.entries()) {
    if (fault?.kind === 'garbage' && index === 1) await write(response, 'data: {"half\n\n');
    if ((fault?.kind === 'cut' || fault?.kind === 'silence') && index >= fault.after) {
      if (fault.kind === 'cut') response.destroy();
      return;
    }
    await write(response, piece);
  }
  response.end();
}

/** Piece by piece: the next one goes out when this one has. */
async function write(response: ServerResponse, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    response.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
