import { z } from 'zod';
import { isAllowedHost, urlFault } from './outside.ts';
import { idSchema, versionSchema } from './words.ts';

/** Name under which pushes have their task queue and their deliveries; no endpoint of one's own can have it. */
export const PUSH_ENDPOINT = 'a2a-push';

/** What the ids of cases begin with, after their tenant, that were opened as tasks of A2A. */
export const TASK_ID_PREFIX = 'a2a.';

/** Configurations that one task can have. */
export const PUSHES_PER_TASK = 10;

const VISIBLE = /^[\x21-\x7e]+$/;

const Config = z.strictObject({
  version: versionSchema(),
  /** Whole id of the case; the id of the task. */
  caseId: idSchema(),
  /** The client's name for it, or one that was made up. */
  id: z.string().regex(/^[\w.-]{1,200}$/, 'up to 200 letters, digits, dots, hyphens and underscores'),
  contextId: z.string().min(1).max(200),
  url: z.url().max(2_000),
  /** Sent as `X-A2A-Notification-Token`, so that the client knows who asks. */
  token: z.string().max(1_000).regex(VISIBLE, 'visible ASCII without spaces').optional(),
  /** Sent as `Authorization`. */
  authentication: z
    .strictObject({
      scheme: z.string().regex(/^[A-Za-z][\w-]{0,63}$/, 'the name of a scheme, such as Bearer'),
      credentials: z
        .string()
        .max(4_000)
        .regex(/^[\x20-\x7e]+$/, 'visible ASCII'),
    })
    .optional(),
});
/** Where a client of a served team wants to be told of one of its tasks, as it is kept. */
export type PushConfig = z.output<typeof Config>;

/** Schema of {@link PushConfig}. */
export function pushConfigSchema(): typeof Config {
  return Config;
}

const Settings = z.strictObject({
  version: versionSchema(),
  /** Hosts, with their port where it is named, that may be inside, and spoken to in clear. */
  allowedHosts: z.array(z.string().min(1).max(300)).max(100).default([]),
});
/** How pushes leave, as `BATON_A2A_PUSH` says it. */
export type PushSettings = z.output<typeof Settings>;

/** Schema of {@link PushSettings}. */
export function pushSettingsSchema(): typeof Settings {
  return Settings;
}

/** Where configurations are kept, in the database of the ledger. */
export interface PushConfigStore {
  /** Keeps one; the same id again replaces it. */
  put(config: PushConfig): Promise<void>;
  /** Those of a task, by id. */
  list(caseId: string): Promise<readonly PushConfig[]>;
  /** What is not there is no error. */
  remove(config: Pick<PushConfig, 'caseId' | 'id'>): Promise<void>;
  close(): Promise<void>;
}

/** What is wrong with an address to push to, or undefined. Names are looked at again when a connection is made. */
export function pushUrlFault(url: string, allowedHosts: readonly string[]): string | undefined {
  if (!URL.canParse(url)) return 'an absolute address, such as https://client.example/a2a';
  const fault = urlFault(url, allowedHosts);
  if (fault !== undefined) return fault;
  return !isAllowedHost(url, allowedHosts) && isInside(new URL(url).hostname)
    ? 'an address outside: this one is of an inner network, and not among the allowed hosts'
    : undefined;
}

/** Names and numbers that are nobody's outside. Names that merely lead inside are refused at the connection. */
function isInside(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.internal')) return true;
  if (host.includes(':')) return /^(::|f[cd]|fe[89ab])/i.test(host);
  return /^(0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(
    host,
  );
}

/** Whether a case was opened as a task of A2A. */
export function isTask(caseId: string): boolean {
  return caseId.slice(caseId.indexOf('~') + 1).startsWith(TASK_ID_PREFIX);
}
