import { randomUUID } from 'node:crypto';
import type { TaskPushNotificationConfig } from '@a2a-js/sdk';
import {
  PushNotificationNotSupportedError,
  RequestMalformedError,
  TaskNotFoundError,
} from '@a2a-js/sdk/errors';
import {
  pushConfigSchema,
  PUSHES_PER_TASK,
  pushUrlFault,
  type PushConfig,
  type PushConfigStore,
  type PushSettings,
} from '../../contract/a2a-push.ts';

/** What clients of served teams are told of their tasks with. The workers need the same settings, and send. */
export interface Pushes {
  readonly settings: PushSettings;
  readonly configs: PushConfigStore;
}

/** Whose task a configuration is for, as the door has found it. */
export interface PushedTask {
  readonly caseId: string;
  readonly contextId: string;
}

/** The configurations of tasks as a client asks for them. Whose the task is has been looked at before. */
export interface PushDoor {
  /** @throws RequestMalformedError naming the field at fault */
  put(task: PushedTask, wanted: Wanted): Promise<TaskPushNotificationConfig>;
  /** @throws TaskNotFoundError */
  get(task: PushedTask, id: string): Promise<TaskPushNotificationConfig>;
  list(task: PushedTask): Promise<TaskPushNotificationConfig[]>;
  remove(task: PushedTask, id: string): Promise<void>;
}

type Wanted = Pick<TaskPushNotificationConfig, 'id' | 'url' | 'token' | 'authentication'>;

/** @param pushes absent where nobody is told; then all is refused, as the card says */
export function openPushDoor(pushes: Pushes | undefined): PushDoor {
  const offered = (): Pushes => {
    if (!pushes) throw new PushNotificationNotSupportedError();
    return pushes;
  };
  return {
    put: async (task, wanted) => {
      const { configs, settings } = offered();
      const config = configOf(task, wanted, settings);
      const others = (await configs.list(task.caseId)).filter(({ id }) => id !== config.id);
      if (others.length >= PUSHES_PER_TASK)
        throw new RequestMalformedError(`taskId: a task has up to ${String(PUSHES_PER_TASK)} configurations`);
      await configs.put(config);
      return told(config);
    },
    get: async ({ caseId }, id) => {
      const found = (await offered().configs.list(caseId)).find((one) => one.id === id);
      if (!found) throw new TaskNotFoundError(`no push configuration ${id} of task ${caseId}`);
      return told(found);
    },
    list: async ({ caseId }) => (await offered().configs.list(caseId)).map(told),
    remove: async ({ caseId }, id) => {
      await offered().configs.remove({ caseId, id });
    },
  };
}

function configOf(task: PushedTask, wanted: Wanted, { allowedHosts }: PushSettings): PushConfig {
  const { id, url, token, authentication } = wanted;
  const fault = pushUrlFault(url, allowedHosts);
  if (fault !== undefined) throw new RequestMalformedError(`url: ${fault}`);
  const parsed = pushConfigSchema().safeParse({
    version: '1.0.0',
    ...{ caseId: task.caseId, contextId: task.contextId, url },
    id: id === '' ? randomUUID() : id,
    ...(token === '' ? {} : { token }),
    ...(authentication ? { authentication } : {}),
  });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5);
  throw new RequestMalformedError(
    issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  );
}

function told({ caseId, id, url, token, authentication }: PushConfig): TaskPushNotificationConfig {
  return { tenant: '', taskId: caseId, id, url, token: token ?? '', authentication };
}
