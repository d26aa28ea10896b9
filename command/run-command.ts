import type { Command } from 'commander';
import type { ConnectedBatonClient, ConnectOptions } from '../client/index.ts';
import { privateTeamsOf } from '../client/private-teams.ts';
import type { BatonError } from '../contract/failures.ts';
import { isBatonError } from '../contract/failures.ts';
import type { Payloads } from '../security/index.ts';
import { ledgerUrl } from '../stores/ledger-url.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { Host } from './host.ts';
import { inert, inertJson } from './output/inert.ts';

// Clients, stores and keys are loaded by the command that needs them, when it runs: help and refusals come at once.

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
  readonly timeout?: number;
}

/** What a command answers: the document of `--json`, the same for people, and an exit code where it is not 0. */
export interface Answer {
  /** Absent when everything has been written already. */
  readonly json?: unknown;
  readonly text: string;
  readonly exitCode?: number;
}

/** A command under way. */
export interface Running {
  readonly host: Host;
  /** Remembers the exit code of the process. */
  readonly end: (exitCode: number) => void;
}

/** Adds the options that reach a server to a subcommand. */
export function withServerOptions(command: Command): Command {
  return command
    .option(...JSON_OPTION)
    .option('--address <host:port>', 'Temporal server (else TEMPORAL_ADDRESS, the profile, localhost:7233)')
    .option('--namespace <name>', 'namespace (else TEMPORAL_NAMESPACE, the profile, default)')
    .option('--profile <name>', "profile of Temporal's configuration file")
    .option(
      '--timeout <milliseconds>',
      'how long a worker may take to answer',
      wholeNumber('--timeout'),
      10_000,
    );
}

/** `--json`, which every command has: `.option(...JSON_OPTION)`. */
export const JSON_OPTION = [
  '--json',
  'one JSON document on standard output; errors as JSON on standard error',
] as const;

/** Reads an option as a whole number above 0. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new UsageError(`${option} takes a whole number above 0, not ${JSON.stringify(text)}`);
    }
    return value;
  };
}

/** Something typed wrong that commander cannot see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command that asks a server, and answers for its outcome. The connection is closed in any case. */
export function onServer(
  running: Running,
  options: CommonOptions,
  work: (baton: ConnectedBatonClient) => Promise<Answer>,
): Promise<void> {
  // What is said to private teams stands in the context store, and so does what they say.
  if (privateTeamsOf(running.host.environment).length > 0) return onServerAndContext(running, options, work);
  return answering(running, options, async () => {
    return connected(running, options, {}, work);
  });
}

/** As {@link onServer}, with the ledger and the context store of the environment. */
export function onServerAndContext(
  running: Running,
  options: CommonOptions & { readonly ledger?: string },
  work: (baton: ConnectedBatonClient) => Promise<Answer>,
): Promise<void> {
  const { environment } = running.host;
  return answering(running, options, async () => {
    const { openLedgerStore } = await import('../stores/open-stores.ts');
    const { contextLocations, openContextAt } = await import('../stores/context-locations.ts');
    const { cipherOfEnvironment } = await import('../security/index.ts');
    const ledger = await openLedgerStore(options.ledger ?? ledgerUrl(environment));
    try {
      // A context without an address of its own lies beside the ledger, wherever that is.
      const { ledger: url } = options;
      const around = url === undefined ? environment : { ...environment, BATON_LEDGER_URL: url };
      const context = await openContextAt(contextLocations(around), cipherOfEnvironment(environment));
      try {
        return await connected(running, options, { ledger, context }, work);
      } finally {
        await context.close();
      }
    } finally {
      await ledger.close();
    }
  });
}

async function connected(
  { host }: Running,
  options: CommonOptions,
  stores: Pick<ConnectOptions, 'ledger' | 'context'>,
  work: (baton: ConnectedBatonClient) => Promise<Answer>,
): Promise<Answer> {
  const { address, namespace, profile, timeout } = options;
  const payloads = await payloadsHere(host);
  const ledger = stores.ledger && (payloads?.sealed(stores.ledger) ?? stores.ledger);
  try {
    const { connectBaton } = await import('../client/connect-baton.ts');
    const baton = await connectBaton({
      environment: host.environment,
      ...(address === undefined ? {} : { address }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(profile === undefined ? {} : { profile }),
      ...(timeout === undefined ? {} : { answerMs: timeout }),
      ...(payloads ? { codec: payloads.codec, caseKeys: payloads.caseKeys } : {}),
      ...stores,
      ...(ledger ? { ledger } : {}),
    });
    try {
      return await work(baton);
    } finally {
      await baton.close();
    }
  } finally {
    await payloads?.close();
  }
}

/** The codec of the environment with the keys of cases, which lie where persons' keys do. The caller closes it. */
export async function payloadsHere({ environment }: Host): Promise<Payloads | undefined> {
  const { payloadsOfEnvironment } = await import('../security/index.ts');
  return payloadsOfEnvironment(environment, {
    openKeys: async () => {
      const { openPersonKeyTable } = await import('../stores/open-stores.ts');
      const { contextLocations } = await import('../stores/context-locations.ts');
      return openPersonKeyTable(contextLocations(environment).keysUrl);
    },
  });
}

/** Prints what a command answers, or its failure, and remembers the exit code. */
export async function answering(
  running: Running,
  options: { readonly json?: boolean },
  work: () => Promise<Answer>,
): Promise<void> {
  const { host } = running;
  try {
    const answer = await work();
    if (options.json !== true) host.write(answer.text);
    else if (answer.json !== undefined) host.write(`${inertJson(answer.json, 2)}\n`);
    running.end(answer.exitCode ?? EXIT.ok);
  } catch (thrown) {
    running.end(tellFailure(host, thrown, options.json === true));
  }
}

/** Tells a failure on standard error: `{ "error": { code, message, field } }`, or the same for people. */
export function tellFailure(host: Host, thrown: unknown, json: boolean): number {
  if (thrown instanceof UsageError) {
    tell(host, { code: 'INPUT_INVALID', message: thrown.message }, json);
    return EXIT.usage;
  }
  if (!isBatonError(thrown)) throw thrown;
  tell(host, thrown, json);
  return exitCodeOf(thrown.code);
}

function tell(
  host: Host,
  error: Pick<BatonError, 'code' | 'message'> & Partial<Pick<BatonError, 'field'>>,
  json: boolean,
): void {
  const { code, message, field } = error;
  if (json) {
    host.writeError(
      `${inertJson({ error: { code, message, ...(field === undefined ? {} : { field }) } })}\n`,
    );
    return;
  }
  const where = field === undefined ? '' : `, field ${inert(field)}`;
  host.writeError(`baton: ${inert(message)}\n  (${code}${where})\n`);
}
