import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connectBaton } from '../../client/index.ts';
import { failureFrom } from './desk.ts';

/** Stands between a client and the server of the tests; cut, it hangs up on whoever calls. */
interface Line {
  readonly address: string;
  readonly cut: () => void;
  /** Resolves when somebody has been hung up on since the cut. */
  readonly hungUp: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

async function startLine(): Promise<Line> {
  const [host, port] = String(process.env['TEMPORAL_ADDRESS']).split(':');
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      server.emit('hung-up');
      return;
    }
    const upstream = connect({ host: host ?? '127.0.0.1', port: Number(port) });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    hungUp: () => once(server, 'hung-up'),
    stop: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}

test('closed while it asks a server that has gone, a client says so, and its process lives on', async () => {
  const line = await startLine();
  try {
    const baton = await connectBaton({ address: line.address, namespace: 'default' });
    const hungUp = line.hungUp();
    line.cut();
    const asked = Array.from({ length: 8 }, () => failureFrom(baton.status('nobody')));
    await hungUp;
    // Some of them wait for their next try by now; others are asked in the moment of the closing.
    asked.push(failureFrom(baton.status('nobody')));
    await baton.close();
    for (const failed of await Promise.all(asked)) expect(failed.code).toBe('SERVER_UNREACHABLE');
  } finally {
    await line.stop();
  }
});

test('an answer that is on its way when the client is closed is still heard', async () => {
  const baton = await connectBaton({ namespace: 'default' });
  const asked = failureFrom(baton.status('nobody'));
  await new Promise(setImmediate);
  await baton.close();
  expect(['CASE_UNKNOWN', 'SERVER_UNREACHABLE']).toContain((await asked).code);
});
