/** Free ports and waiting for servers, without sleeping for guessed times. */
import { createServer, connect, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A TCP port on the loopback interface that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether something accepts connections on a loopback port. */
export async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (listening: boolean) => () => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}

/** Asks until the answer is yes (true) or the time is over or `giveUp` says so (false). */
export async function until(
  ready: () => Promise<boolean>,
  options: { readonly limitMs: number; readonly everyMs?: number; readonly giveUp?: () => boolean },
): Promise<boolean> {
  const end = Date.now() + options.limitMs;
  while (Date.now() < end && options.giveUp?.() !== true) {
    if (await ready()) return true;
    await wait(options.everyMs ?? 20);
  }
  return false;
}
