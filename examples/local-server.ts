/**
 * The Temporal server of demo and start: the one that the environment names, else one of our own with a database
 * that stays in `.baton/`, on the same ports every time, so that a case keeps its address.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { freePort, isListening, until } from '../scripts/ports.ts';
import {
  ensureTemporalServer,
  startTemporalServer,
  type TemporalServer,
} from '../scripts/temporal-server.ts';

/** Folder of everything that stays between runs. */
const FOLDER = path.resolve('.baton');
const DATABASE = path.join(FOLDER, 'temporal.db');
/** Ports of the last run, for the next. */
const PORTS = path.join(FOLDER, 'ports.json');
/** Process that holds the database; two servers on one file would destroy it. */
const HOLDER = path.join(FOLDER, 'holder.json');

const DEFAULT_PORTS = { port: 7233, uiPort: 8233 };
const Ports = z.object({ port: z.int(), uiPort: z.int() });
const Holder = Ports.extend({ pid: z.int() });
type Ports = z.output<typeof Ports>;

/** Shows a line to the person at the terminal. */
type Tell = (line: string) => void;

/**
 * Finds or starts the server. One that `npm start` keeps up in this folder is used and left running.
 * @param tell says what is unusual: another server is used, a port is taken
 */
export async function openLocalServer(tell: Tell): Promise<TemporalServer> {
  const given = process.env['TEMPORAL_ADDRESS'];
  if (given) {
    tell(`Using the Temporal server at ${given} (TEMPORAL_ADDRESS).`);
    return ensureTemporalServer();
  }
  await mkdir(FOLDER, { recursive: true });
  const running = await runningServer();
  if (running) {
    tell(`A server of this folder is up already at ${running.address}; using it, and leaving it up.`);
    return running;
  }
  const ports = await choosePorts(tell);
  await hold(ports);
  try {
    const server = await startTemporalServer({ ...ports, databaseFile: DATABASE });
    await writeFile(PORTS, JSON.stringify(ports));
    return {
      ...server,
      stop: async () => {
        await server.stop();
        await rm(HOLDER, { force: true });
      },
    };
  } catch (thrown) {
    await rm(HOLDER, { force: true });
    throw thrown;
  }
}

/** The server of another process that holds our database, once it answers. */
async function runningServer(): Promise<TemporalServer | undefined> {
  const holder = await readJson(HOLDER, Holder);
  if (!holder || !isAlive(holder.pid)) return undefined;
  const { pid, port, uiPort } = holder;
  const ready = await until(() => isListening(port), { limitMs: 30_000, giveUp: () => !isAlive(pid) });
  if (!ready) return undefined;
  return {
    address: `127.0.0.1:${String(port)}`,
    namespace: 'default',
    uiAddress: `http://127.0.0.1:${String(uiPort)}`,
    owned: false,
    stop: () => Promise.resolve(),
  };
}

async function choosePorts(tell: Tell): Promise<Ports> {
  const wanted = (await readJson(PORTS, Ports)) ?? DEFAULT_PORTS;
  return {
    port: await portOr(wanted.port, DEFAULT_PORTS.port, 'Temporal', tell),
    uiPort: await portOr(wanted.uiPort, DEFAULT_PORTS.uiPort, 'its UI', tell),
  };
}

/** The port wanted, else the default one, else any that is free. */
async function portOr(wanted: number, usual: number, what: string, tell: Tell): Promise<number> {
  if (!(await isListening(wanted))) return wanted;
  const other = wanted !== usual && !(await isListening(usual)) ? usual : await freePort();
  tell(`Port ${String(wanted)} is taken; ${what} gets port ${String(other)} instead.`);
  return other;
}

/** Says that this process holds the database. Of two at once, one is refused. */
async function hold(ports: Ports): Promise<void> {
  const content = JSON.stringify({ ...ports, pid: process.pid });
  const previous = await readJson(HOLDER, Holder);
  if (!previous || !isAlive(previous.pid)) await rm(HOLDER, { force: true });
  await writeFile(HOLDER, content, { flag: 'wx' }).catch(() => {
    throw new Error(`another process is just starting a server in ${FOLDER}; run this again in a moment`);
  });
}

async function readJson<Shape>(file: string, shape: z.ZodType<Shape>): Promise<Shape | undefined> {
  try {
    return shape.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Absent, or left behind half written by a crash: as good as absent.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
