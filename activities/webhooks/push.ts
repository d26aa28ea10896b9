import { applicationFailure } from '../../contract/application-failure.ts';
import {
  isTask,
  pushUrlFault,
  type PushConfig,
  type PushConfigStore,
  type PushSettings,
} from '../../contract/a2a-push.ts';
import { stateOnWire, taskStateOf } from '../../contract/a2a.ts';
import type { CaseOutcome } from '../../contract/case.ts';
import { failure } from '../../contract/failures.ts';
import type { CaseStage } from '../../contract/lifecycle.ts';
import type { RemoteTaskState } from '../../contract/remote-task.ts';
import type { WebhookDelivery } from '../../contract/webhooks/delivery.ts';
import { usualPauses, type WebhookEndpoint } from '../../contract/webhooks/endpoints.ts';
import type { WebhookEvent } from '../../contract/webhooks/event.ts';
import { createSender } from '../outside/send.ts';

/** Where one attempt goes, and what it says. */
export interface WebhookTarget extends Pick<WebhookEndpoint, 'url' | 'timeoutMs'> {
  /** Every one signs. */
  readonly secrets: readonly string[];
  readonly pausesSeconds: readonly number[];
  readonly send: ReturnType<typeof createSender>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly onDelivered: () => Promise<void>;
  /** It has said that it is gone for good. */
  readonly onGone: () => Promise<void>;
}

const PUSH_ANSWER_BYTES = 65_536;

/** What pushes to clients of A2A work with. */
export interface PushDependencies {
  readonly configs: Pick<PushConfigStore, 'list' | 'remove'>;
  readonly settings: PushSettings;
  /** Where a case stands now. */
  readonly status: (
    caseId: string,
  ) => Promise<{ readonly stage: CaseStage; readonly outcome?: CaseOutcome | undefined }>;
}

/** Whether clients of A2A are told of an event, those who want to be: of answers, and of the end of their tasks. */
export function isPushed({ type, data }: Pick<WebhookEvent, 'type' | 'data'>): boolean {
  return (type === 'message.sent' || type === 'case.closed') && isTask(data.caseId);
}

/** How long a client's answer may take, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** Makes the targets of pushes: the address and what to say there, looked up for each attempt. */
export function pushTargets(
  dependencies: PushDependencies,
): (input: WebhookDelivery) => Promise<WebhookTarget | undefined> {
  const { configs, settings } = dependencies;
  const send = createSender({
    allowedHosts: settings.allowedHosts,
    answerBytes: PUSH_ANSWER_BYTES,
    keepsAnswers: false,
  });
  return async ({ event, push }) => {
    const { caseId } = event.data;
    const config = (await configs.list(caseId)).find(({ id }) => id === push);
    // Its client has removed it meanwhile.
    if (!config) return undefined;
    const fault = pushUrlFault(config.url, settings.allowedHosts);
    if (fault !== undefined) throw applicationFailure(failure('INPUT_INVALID', fault, 'url'));
    return {
      ...{ send, url: config.url, secrets: [], timeoutMs: TIMEOUT_MS, pausesSeconds: usualPauses() },
      headers: { 'content-type': 'application/a2a+json', ...credentialsOf(config) },
      body: JSON.stringify(updateOf(config, event, await stateAt(dependencies, event))),
      onDelivered: () => (event.type === 'case.closed' ? configs.remove(config) : Promise.resolve()),
      onGone: () => configs.remove(config),
    };
  };
}

function credentialsOf({ token, authentication }: PushConfig): Readonly<Record<string, string>> {
  return {
    ...(token === undefined ? {} : { 'x-a2a-notification-token': token }),
    ...(authentication ? { authorization: `${authentication.scheme} ${authentication.credentials}` } : {}),
  };
}

/** A case that is about to close has its last row before it is closed; any other is asked where it stands now. */
async function stateAt(
  { status }: Pick<PushDependencies, 'status'>,
  { type, data }: WebhookEvent,
): Promise<RemoteTaskState> {
  if (type !== 'case.closed') return taskStateOf(await status(data.caseId));
  const { ending } = data.codes;
  return ending === 'cancelled' ? 'canceled' : ending === 'failed' ? 'failed' : 'completed';
}

/** Thin, as all that leaves: that the task stands there. Words are for who asks, and is asked who they are. */
function updateOf(
  { caseId, contextId }: PushConfig,
  { timestamp }: WebhookEvent,
  state: RemoteTaskState,
): object {
  const status = { state: stateOnWire(state), timestamp };
  return { statusUpdate: { taskId: caseId, contextId, status } };
}
