import { createHash } from 'node:crypto';
import { RequestMalformedError } from '@a2a-js/sdk/errors';
import { TASK_ID_PREFIX } from '../../contract/a2a-push.ts';
import { canonicalJson } from '../../contract/canonical-json.ts';
import { tenantOfCase } from '../../contract/tenant.ts';
import type { Principal } from '../access/principal.ts';

const CONTEXT = /^[\w-]{1,100}$/;

function short(...parts: readonly string[]): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 16);
}

/** Beginning of the ids of a principal's tasks for a team, without the tenant: a task is a case, and its id says whose. */
function prefixOf(principal: Pick<Principal, 'name'>, team: string): string {
  return `${TASK_ID_PREFIX}${short(principal.name, team)}.`;
}

/**
 * The id of the case that a first message opens: the same message again is the same case, whichever process it meets
 * and whatever was lost meanwhile (F07).
 */
export function taskIdOf(
  principal: Pick<Principal, 'name'>,
  team: string,
  message: { readonly messageId: string; readonly contextId: string },
): string {
  const { messageId, contextId } = message;
  const context = contextId === '' ? short(messageId) : contextId;
  if (!CONTEXT.test(context))
    throw new RequestMalformedError('message.contextId: up to 100 letters, digits, hyphens and underscores');
  return `${prefixOf(principal, team)}${context}.${short(messageId)}`;
}

/** The context of a principal's task; undefined for a case that is no task of theirs at this team. */
export function contextOfTask(
  principal: Pick<Principal, 'name' | 'tenant'>,
  team: string,
  taskId: string,
): string | undefined {
  if (tenantOfCase(taskId) !== principal.tenant && taskId.includes('~')) return undefined;
  const id = taskId.slice(taskId.indexOf('~') + 1);
  const prefix = prefixOf(principal, team);
  if (!id.startsWith(prefix)) return undefined;
  const [context, message, ...more] = id.slice(prefix.length).split('.');
  return message === undefined || more.length > 0 ? undefined : context;
}

/** Beginning of the ids of the tasks of one context, or of all. @throws RequestMalformedError */
export function prefixOfContext(principal: Pick<Principal, 'name'>, team: string, contextId: string): string {
  if (contextId === '') return prefixOf(principal, team);
  if (!CONTEXT.test(contextId)) throw new RequestMalformedError('contextId: not one of ours');
  return `${prefixOf(principal, team)}${contextId}.`;
}
