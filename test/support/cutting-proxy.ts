import { connect, createServer, type AddressInfo, type Server } from 'node:net';

/** Stands between a client and PostgreSQL, and cuts the line once the server has carried out a statement (F05). */
export interface CuttingProxy {
  /** The address of the database through the proxy. */
  readonly url: string;
  /** Cuts before the next answer to a statement that begins so reaches the client. */
  readonly cutAfter: (statement: string) => void;
  /** How often the line has been cut. */
  readonly cuts: () => number;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a proxy before the database at an address. It reads the wire just enough to find a statement's text and
 * the message that says that the server is ready for the next one.
 */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  let statement: string | undefined;
  let cuts = 0;
  const server: Server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    let cutting = false;
    client.on('data', (data) => {
      if (statement !== undefined && data.includes(statement)) {
        cutting = true;
        statement = undefined;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!cutting) client.write(data);
      // 'Z' is ReadyForQuery: what was asked has been carried out.
      else if (data.includes('Z\0\0\0\x05')) {
        cuts += 1;
        client.destroy();
      }
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutAfter: (text) => {
      statement = text;
    },
    cuts: () => cuts,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
