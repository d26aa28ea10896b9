import type { DisabledEndpoint, OutboxEntry } from '../contract/ports.ts';

/** An entry of the outbox as a table keeps it, in the order trace, sequence, body. */
export function parseOutboxEntry([trace, sequence, body]: readonly unknown[]): OutboxEntry {
  return { trace: String(trace), sequence: Number(sequence), body: String(body) };
}

/** A disabled endpoint as a table keeps it, in the order endpoint, url, since. */
export function parseDisabledEndpoint([endpoint, url, since]: readonly unknown[]): DisabledEndpoint {
  return { endpoint: String(endpoint), url: String(url), since: String(since) };
}
