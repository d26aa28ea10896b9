import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { ensureTemporalServer, startTemporalServer } from '../../scripts/temporal-server.ts';
import { isListening, until } from '../../scripts/ports.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';

const quiet = (): void => undefined;

/** Runs something with a client of the server, and closes its connection. */
async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

describe('a server of our own', () => {
  test('survives a crash on the same file and ports, with its search attributes and its UI', async () => {
    const server = await startTemporalServer({ progress: quiet });
    try {
      const workflowId = 'kept';
      await withClient(server.address, (client) =>
        client.workflow.start('nothing', { workflowId, taskQueue: 'nobody' }),
      );
      await server.kill();
      expect(await isListening(Number(server.address.split(':')[1]))).toBe(false);
      await server.restart();
      await withClient(server.address, async (client) => {
        const kept = await client.workflow.getHandle(workflowId).describe();
        expect(kept.status.name).toBe('RUNNING');
        const attributes = await client.connection.operatorService.listSearchAttributes({
          namespace: server.namespace,
        });
        const names = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
        expect(Object.keys(attributes.customAttributes)).toEqual(expect.arrayContaining(names));
      });
      const page = await fetch(String(server.uiAddress));
      expect(page.status).toBe(200);
    } finally {
      await server.stop();
    }
    expect(await isListening(Number(server.address.split(':')[1]))).toBe(false);
  });

  test('is found by its address in the environment, and left alone by stop', async () => {
    const address = String(process.env['TEMPORAL_ADDRESS']);
    const server = await ensureTemporalServer({ environment: { TEMPORAL_ADDRESS: address } });
    expect(server).toMatchObject({ address, namespace: 'default', owned: false });
    await server.stop();
    expect(await isListening(Number(address.split(':')[1]))).toBe(true);
  });

  test('refuses a port that is taken, naming it', async () => {
    const port = Number(String(process.env['TEMPORAL_ADDRESS']).split(':')[1]);
    await expect(startTemporalServer({ port, headless: true, progress: quiet })).rejects.toMatchObject({
      code: 'TEMPORAL_SERVER_FAILED',
      message: expect.stringContaining(`Port ${String(port)} is in use`) as string,
    });
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('ends with a parent that got %s', async (signal) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'baton-parent-'));
    const parent = spawn(
      process.execPath,
      [await compiledProgram('test/scripts/parent-of-a-server.ts'), path.join(folder, 'kept.db')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      let port = 0;
      for await (const line of createInterface({ input: parent.stdout })) {
        port = Number(line);
        break;
      }
      expect(await isListening(port)).toBe(true);
      parent.kill(signal);
      expect(await until(async () => !(await isListening(port)), { limitMs: 60_000 })).toBe(true);
    } finally {
      parent.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
