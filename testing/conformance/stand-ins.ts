import type { MockActivityEnvironment } from '@temporalio/testing';
import type { LedgerStore, ManifestStore } from '../../contract/ports.ts';

/** A ledger: activities of the suite send no rows along. */
export const noLedger: LedgerStore = {
  append: () => Promise.resolve(),
  read: () => Promise.resolve([]),
  head: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};
/** Manifests: the registry has the team. */
export const noManifests: ManifestStore = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  close: () => Promise.resolve(),
};

type Options = NonNullable<ConstructorParameters<typeof MockActivityEnvironment>[1]>;

const silence = (): void => undefined;
/** Nobody wants to read of failures that are meant. */
export const silent: NonNullable<Options['logger']> = {
  log: silence,
  trace: silence,
  debug: silence,
  info: silence,
  warn: silence,
  error: silence,
};

/** A turn that takes its time acknowledges by signal: all that it asks of a client. */
export function clientThatHears(signals: unknown[]): NonNullable<Options['client']> {
  const signal = (_name: string, content: unknown): Promise<void> => {
    signals.push(content);
    return Promise.resolve();
  };
  const withAbortSignal = <Answer>(_signal: AbortSignal, work: () => Promise<Answer>): Promise<Answer> =>
    work();
  const client = { workflow: { getHandle: () => ({ signal }) }, withAbortSignal };
  return client as unknown as NonNullable<Options['client']>;
}
