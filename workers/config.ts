import { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import { modelSettingsOf, type ModelSettings } from '../activities/models/model-settings.ts';
import { contextLocations, type ContextLocations } from '../stores/context-locations.ts';
import { ledgerUrl } from '../stores/ledger-url.ts';
import type { PushSettings } from '../contract/a2a-push.ts';
import type { WebhookEndpoints } from '../contract/webhooks/endpoints.ts';
import { readDesksWithTokens, type DesksWithTokens } from './tickets/read-desks.ts';
import { readPushSettings, readWebhookEndpoints } from './webhooks/read-endpoints.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** A whole number in a variable, with its bounds in the message. */
function wholeNumber(lowest: number, highest: number): z.ZodType<number, string> {
  const text = `a whole number from ${String(lowest)} to ${String(highest)}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, text)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, text);
}

const listOfWords = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  )
  .refine((words) => words.length > 0, 'at least one, separated by commas');

/** `team=path, team=path`; each team once. */
const filesByTeam = listOfWords
  .refine((words) => words.every((word) => /^[^=]+=.+$/.test(word)), 'team=path, separated by commas')
  .transform((words) => words.map((word) => [word.split('=', 1)[0] ?? '', word.slice(word.indexOf('=') + 1)]))
  .refine((pairs) => new Set(pairs.map(([team]) => team)).size === pairs.length, 'one file for each team')
  .transform((pairs) => Object.fromEntries(pairs) as Readonly<Record<string, string>>);

const Variables = z.object({
  BATON_TEAMS: listOfWords,
  BATON_POLICIES: filesByTeam.optional(),
  BATON_QUEUES: listOfWords.optional(),
  BATON_MAX_CACHED_CASES: wholeNumber(0, 100_000).optional(),
  BATON_ACTIVITIES_AT_ONCE: wholeNumber(1, 10_000).optional(),
  BATON_GRACE_MS: wholeNumber(0, 600_000).optional(),
  BATON_LOG_LEVEL: z.enum(LEVELS).default('info'),
  BATON_EXIT_WITH_PARENT: z.enum(['0', '1']).default('0'),
  BATON_MASTER_KEY: z.string().optional(),
  BATON_CODEC_KEYS: z.string().optional(),
  BATON_SIGNING_KEYS: z.string().optional(),
  BATON_DOOR_KEYS: z.string().optional(),
  BATON_SIGNATURES: z.enum(['required', 'as-teams-say']).default('as-teams-say'),
  BATON_PEOPLE: z.string().optional(),
  BATON_WEBHOOKS: z.string().optional(),
  BATON_TICKETS: z.string().optional(),
  BATON_A2A_PUSH: z.string().optional(),
});

/** What to set, for the message that names the variable. */
const REMEDIES: Readonly<Record<string, string>> = {
  BATON_TEAMS: 'set it to the module of your team, such as ./examples/support/team.ts',
  BATON_POLICIES: 'a policy file for each team, such as support-desk=./examples/support/policy.yaml',
  BATON_QUEUES: 'name task queues such as baton,baton-billing, or unset it to serve all',
  BATON_LOG_LEVEL: `one of ${LEVELS.join(', ')}`,
  BATON_EXIT_WITH_PARENT: '1 or 0',
  BATON_SIGNATURES: 'required, or unset it to leave it to the teams',
};

/** Everything a worker process is told from outside, read once. */
export interface WorkerConfig {
  /** Paths of modules that export teams. */
  readonly teamModules: readonly string[];
  /** Policy files by team, in place of what the teams' modules say. */
  readonly policyFiles?: Readonly<Record<string, string>>;
  /** Where ledger and manifests are. */
  readonly ledgerUrl: string;
  /** Where conversations, large facts and the keys to them are. */
  readonly context: ContextLocations;
  /** Encrypts persons' keys at rest; in clear when absent. */
  readonly masterKey?: string;
  /** Task queues to serve; all of the teams when absent. */
  readonly queues?: readonly string[];
  /** Cases kept in memory; the SDK's own number when absent. */
  readonly maxCachedWorkflows?: number;
  readonly activitiesAtOnce?: number;
  /** How long activities may finish after a stop was asked for, in milliseconds. */
  readonly graceMs?: number;
  readonly logLevel: (typeof LEVELS)[number];
  /** Ends when the process that started it is gone, however that went. */
  readonly exitWithParent: boolean;
  /** File of the directory of people; pools have members of their own when absent. */
  readonly peopleFile?: string;
  /** Where events leave to; nowhere when absent. */
  readonly webhooks?: WebhookEndpoints;
  /** How clients of A2A are told of their tasks; they are not when absent. */
  readonly pushes?: PushSettings;
  /** Desks whose people answer in tickets; none when absent. */
  readonly tickets?: DesksWithTokens;
  /** Which models agents have, where they are and what they cost. */
  readonly models: ModelSettings;
  /** The key ring that payloads are encrypted with, as JSON or a path; nothing is encrypted when absent. */
  readonly codecKeys?: string;
  /** The registry that handoffs are signed and checked with, as JSON or a path; nothing is signed when absent. */
  readonly signingKeys?: string;
  /** Keys of doors that sign decisions, as JSON or a path; every decision is asserted when absent. */
  readonly doorKeys?: string;
  /** No handoff is taken unsigned, whatever a manifest says. */
  readonly signatures?: 'required';
}

/**
 * Reads the configuration of a worker process. Temporal's own variables (`TEMPORAL_ADDRESS` and the like) are read
 * by Temporal's own reader.
 * @throws BatonError `CONFIGURATION_INVALID` naming every variable at fault, what it was and what to set
 */
export function parseWorkerConfig(environment: Readonly<Record<string, string | undefined>>): WorkerConfig {
  // A variable that is set to nothing is as good as unset.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = Variables.safeParse(set);
  if (!result.success) {
    const [first] = result.error.issues;
    throw new BatonError(
      failure(
        'CONFIGURATION_INVALID',
        result.error.issues.map((issue) => faultOf(issue, set)).join('; '),
        String(first?.path[0] ?? 'environment'),
      ),
    );
  }
  const variables = result.data;
  return {
    teamModules: variables.BATON_TEAMS,
    ...(variables.BATON_POLICIES ? { policyFiles: variables.BATON_POLICIES } : {}),
    ledgerUrl: ledgerUrl(environment),
    context: contextLocations(environment),
    models: modelSettingsOf(environment),
    ...(variables.BATON_MASTER_KEY === undefined ? {} : { masterKey: variables.BATON_MASTER_KEY }),
    logLevel: variables.BATON_LOG_LEVEL,
    exitWithParent: variables.BATON_EXIT_WITH_PARENT === '1',
    ...(variables.BATON_QUEUES ? { queues: variables.BATON_QUEUES } : {}),
    ...(variables.BATON_MAX_CACHED_CASES === undefined
      ? {}
      : { maxCachedWorkflows: variables.BATON_MAX_CACHED_CASES }),
    ...(variables.BATON_ACTIVITIES_AT_ONCE === undefined
      ? {}
      : { activitiesAtOnce: variables.BATON_ACTIVITIES_AT_ONCE }),
    ...(variables.BATON_GRACE_MS === undefined ? {} : { graceMs: variables.BATON_GRACE_MS }),
    ...(variables.BATON_PEOPLE === undefined ? {} : { peopleFile: variables.BATON_PEOPLE }),
    ...(variables.BATON_WEBHOOKS === undefined
      ? {}
      : { webhooks: readWebhookEndpoints(variables.BATON_WEBHOOKS) }),
    ...(variables.BATON_A2A_PUSH === undefined ? {} : { pushes: readPushSettings(variables.BATON_A2A_PUSH) }),
    ...(variables.BATON_TICKETS === undefined
      ? {}
      : { tickets: readDesksWithTokens(variables.BATON_TICKETS, environment) }),
    ...(variables.BATON_SIGNATURES === 'required' ? { signatures: 'required' as const } : {}),
    ...(variables.BATON_SIGNING_KEYS === undefined ? {} : { signingKeys: variables.BATON_SIGNING_KEYS }),
    ...(variables.BATON_DOOR_KEYS === undefined ? {} : { doorKeys: variables.BATON_DOOR_KEYS }),
    ...(variables.BATON_CODEC_KEYS === undefined ? {} : { codecKeys: variables.BATON_CODEC_KEYS }),
  };
}

function faultOf(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const name = String(issue.path[0]);
  const value = environment[name];
  const found = value === undefined ? 'is not set' : `is ${JSON.stringify(value.slice(0, 100))}`;
  return `${name} ${found}: ${REMEDIES[name] ?? issue.message}`;
}
