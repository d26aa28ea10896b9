/** One event as it came over the wire. */
export interface ReadEvent {
  readonly event: string;
  readonly id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A stream of events that a test reads. */
export interface EventReader {
  readonly status: number;
  /** Reads on until an event is the one; fails when the stream ends before. @returns all that came meanwhile */
  readonly readUntil: (isIt: (event: ReadEvent) => boolean) => Promise<readonly ReadEvent[]>;
  /** Goes away. */
  readonly leave: () => void;
}

/** Opens a stream of server-sent events as a browser does; with a body, as a client of JSON-RPC does. */
export async function readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
): Promise<EventReader> {
  const gone = new AbortController();
  const asking = body
    ? {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }
    : { headers };
  const response = await fetch(url, { ...asking, signal: gone.signal });
  const events = parse(response.body as unknown as AsyncIterable<Uint8Array>);
  return {
    status: response.status,
    leave: () => {
      gone.abort();
    },
    readUntil: async (isIt) => {
      const came: ReadEvent[] = [];
      for (;;) {
        const next = await events.next();
        if (next.done === true) throw new Error(`the stream ended after ${JSON.stringify(came)}`);
        came.push(next.value);
        if (isIt(next.value)) return came;
      }
    },
  };
}

async function* parse(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEvent, void, undefined> {
  let text = '';
  for await (const bytes of body) {
    text += Buffer.from(bytes).toString('utf8');
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const fields = new Map(
        frame
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const id = fields.get('id');
      const event = fields.get('event') ?? (fields.has('data') ? 'message' : undefined);
      if (event === undefined) continue;
      yield {
        event,
        ...(id === undefined ? {} : { id }),
        data: JSON.parse(fields.get('data') ?? '{}') as ReadEvent['data'],
      };
    }
  }
}
