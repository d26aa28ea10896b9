import { createClient } from '@redis/client';
import { BatonError, failure } from '../../contract/failures.ts';
import { withoutPassword } from '../store-location.ts';

/** How long anybody waits for Redis, in milliseconds: a durable store would have answered by then. */
const PATIENCE_MS = 100;
/** How long it is left alone after it did not answer, in milliseconds. */
const REST_MS = 1_000;
/** How long a first connection may take, in milliseconds. */
const CONNECT_MS = 2_000;
/** What Redis says to a login that will never do. */
const REFUSED = /WRONGPASS|NOAUTH|NOPERM|ERR AUTH/;
/** What TLS says of a certificate that will never do: of an authority nobody knows, of another host, or expired. */
const UNTRUSTED = /^(?:ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF))/;

/** A Redis that may be absent, slow or wrong at any time. Nothing here ever throws or waits for long. */
export interface HotConnection {
  /** Values of fields of a hash, null for those it lacks; undefined when Redis did not answer. */
  readFields(name: string, fields: readonly string[]): Promise<readonly (string | null)[] | undefined>;
  /** Sets fields of a hash that expires so many seconds later. */
  writeFields(name: string, fields: Readonly<Record<string, string>>, seconds: number): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to Redis, in the background when it is not there yet.
 * @param url `redis://user:password@host:6379/0`, or `rediss://` for TLS
 * @throws a failure `CONFIGURATION_INVALID` for another address, when Redis refuses the login, or when its certificate
 * is not to be trusted
 */
export async function openHotConnection(url: string): Promise<HotConnection> {
  const name = withoutPassword(url);
  if (!/^rediss?:\/\//i.test(url) || !URL.canParse(url)) {
    const detail = `Redis is at redis://user@host:6379/0, or rediss:// for TLS, not "${name}"`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_REDIS_URL'));
  }
  const client = newClient(url);
  let restUntil = 0;
  const ask = async <Answer>(command: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (!client.isReady || Date.now() < restUntil) return undefined;
    try {
      return await within(command(), PATIENCE_MS, () => {
        restUntil = Date.now() + REST_MS;
      });
    } catch {
      // Whatever it was, a broken connection or an answer like WRONGTYPE: the durable store knows.
      return undefined;
    }
  };
  await connect(client, name);
  return {
    readFields: (hash, fields) => ask(() => client.hmGet(hash, [...fields])),
    writeFields: async (hash, fields, seconds) => {
      await ask(() =>
        client
          .multi()
          .hSet(hash, { ...fields })
          .expire(hash, seconds)
          .exec(),
      );
    },
    remove: async (names) => {
      if (names.length > 0) await ask(() => client.del([...names]));
    },
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

// Its type depends on what it is made with, so it is made in one place.
function newClient(url: string) {
  return createClient({
    url,
    name: 'baton',
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // A command that cannot be sent now is of no use later: the durable store has answered meanwhile.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (tries: number) => Math.min(50 * 2 ** tries, REST_MS),
    },
  });
}

type Client = ReturnType<typeof newClient>;

/** Waits until Redis is there, refuses us, or has not answered for a while; the client goes on trying by itself. */
async function connect(client: Client, name: string): Promise<void> {
  const refused = new Promise<never>((_, reject) => {
    client.on('error', (thrown: Error) => {
      if (isRefused(thrown)) reject(thrown);
    });
  });
  const first = new Promise<void>((resolve) => {
    client.once('ready', resolve);
    client.once('error', (thrown: Error) => {
      if (!isRefused(thrown)) resolve();
    });
  });
  const connecting = client.connect();
  connecting.catch(ignore);
  refused.catch(ignore);
  try {
    await within(Promise.race([first, refused]), CONNECT_MS, ignore);
  } catch (thrown) {
    client.destroy();
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('CONFIGURATION_INVALID', `${name}: ${reason}`, 'BATON_REDIS_URL'));
  }
}

/** Whether trying again is of no use: a person has to see to it. */
function isRefused(thrown: Error): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return REFUSED.test(thrown.message) || (code !== undefined && UNTRUSTED.test(code));
}

/** An answer if it comes in time, else undefined. */
async function within<Answer>(
  answer: Promise<Answer>,
  milliseconds: number,
  late: () => void,
): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      late();
      resolve(undefined);
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, patience]);
  } finally {
    clearTimeout(timer);
    answer.catch(ignore);
  }
}

function ignore(): void {
  // Nobody waits for it any longer.
}
