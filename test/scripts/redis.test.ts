import { connect } from 'node:net';
import { once } from 'node:events';
import { startRedis } from '../../scripts/redis.ts';

/** One command in Redis' inline form, and the first line of the answer; undefined when none comes in time. */
async function ask(port: number, command: string): Promise<string | undefined> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    socket.write(`${command}\r\n`);
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(500) })) as [Buffer];
    return chunk.toString().split('\r\n')[0];
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

test('a private Redis is frozen, killed empty, started again, and is gone after stop', async () => {
  const redis = await startRedis();
  try {
    expect(await ask(redis.port, 'SET k v')).toBe('+OK');
    redis.freeze();
    expect(await ask(redis.port, 'PING')).toBeUndefined();
    redis.thaw();
    expect(await ask(redis.port, 'EXISTS k')).toBe(':1');
    await redis.kill();
    expect(await ask(redis.port, 'PING')).toBeUndefined();
    await redis.start();
    expect(await ask(redis.port, 'EXISTS k')).toBe(':0');
    redis.freeze();
  } finally {
    await redis.stop();
  }
  expect(await ask(redis.port, 'PING')).toBeUndefined();
}, 300_000);

test('one with a password answers nobody without it', async () => {
  const redis = await startRedis({ password: 'secret' });
  try {
    expect(redis.url).not.toContain('secret');
    expect(await ask(redis.port, 'PING')).toMatch(/^-NOAUTH/);
  } finally {
    await redis.stop();
  }
}, 300_000);

test('where it is neither installed nor installable, the message says what to do', async () => {
  const environment = { PATH: '/nonexistent' };
  await expect(startRedis({ environment })).rejects.toMatchObject({
    code: 'REDIS_UNAVAILABLE',
    message: expect.stringContaining('apt-get install redis-server') as string,
  });
});
