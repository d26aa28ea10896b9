import { setTimeout } from 'node:timers/promises';
import { Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { TypedSearchAttributes, type DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { dispatchEntries } from '../../activities/webhooks/dispatch.ts';
import type { PushConfigStore } from '../../contract/a2a-push.ts';
import type { Outbox } from '../../contract/ports.ts';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.ts';
import { DEFAULT_TENANT } from '../../contract/tenant.ts';
import {
  WEBHOOK_WORKFLOW,
  webhookWorkflowId,
  type WebhookDelivery,
} from '../../contract/webhooks/delivery.ts';
import type { TicketDesks } from '../../contract/tickets/desks.ts';
import type { WebhookEndpoints } from '../../contract/webhooks/endpoints.ts';
import { createTicketWaker } from '../tickets/wake.ts';

/** What a dispatcher is made from. */
export interface DispatcherOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  /** Task queue whose workers run the workflows. */
  readonly queue: string;
  readonly outbox: Outbox;
  readonly endpoints: WebhookEndpoints;
  /** Desks whose tickets are told of events; none when absent. */
  readonly desks?: TicketDesks;
  /** Where clients of A2A want to be told of their tasks; nobody is when absent. */
  readonly pushes?: Pick<PushConfigStore, 'list'>;
  /** Told of what goes wrong; it is tried again. */
  readonly onTrouble: (thrown: unknown) => void;
}

/** The taking of events out of the outbox, in the background. */
export interface Dispatcher {
  /** There is something new: it is not waited for. */
  readonly wake: () => void;
  /** Resolves when it has stopped. */
  readonly run: () => Promise<void>;
  readonly stop: () => void;
}

/** How often is looked for what other processes have put there, or left behind, in milliseconds. */
const LOOK_MS = 1_000;
/** Pause after something went wrong, in milliseconds. */
const TROUBLE_MS = 2_000;

/** Starts a workflow for each event and endpoint, as events come. Any number of processes may do so at once. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { connection, namespace, dataConverter, queue, outbox, endpoints, desks, pushes, onTrouble } =
    options;
  const client = new Client({ connection, namespace, dataConverter });
  const start = (delivery: WebhookDelivery): Promise<void> => startDelivery(client, queue, delivery);
  const tickets = desks && { desks, wake: createTicketWaker(client, queue) };
  const also = { ...(tickets ? { tickets } : {}), ...(pushes ? { pushes } : {}) };
  const ended = new AbortController();
  const isOver = (): boolean => ended.signal.aborted;
  let wake: () => void = () => undefined;

  return {
    wake: () => {
      wake();
    },
    stop: () => {
      ended.abort();
      wake();
    },
    run: async () => {
      while (!isOver()) {
        // Before looking: what comes from here on wakes again.
        const news = new Promise<void>((resolve) => {
          wake = resolve;
        });
        try {
          if (await dispatchEntries({ outbox, endpoints, start, ...also })) continue;
          await Promise.race([news, pause(LOOK_MS, ended.signal)]);
        } catch (thrown) {
          if (isOver()) return;
          onTrouble(thrown);
          await pause(TROUBLE_MS, ended.signal);
        }
      }
    },
  };
}

async function startDelivery(client: Client, queue: string, delivery: WebhookDelivery): Promise<void> {
  const { type, data } = delivery.event;
  try {
    await client.workflow.start(WEBHOOK_WORKFLOW, {
      args: [delivery],
      workflowId: webhookWorkflowId(delivery),
      taskQueue: queue,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      workflowTaskTimeout: 2_000,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: SEARCH_ATTRIBUTES.team, value: data.team },
        ...(data.tenant === DEFAULT_TENANT ? [] : [{ key: SEARCH_ATTRIBUTES.tenant, value: data.tenant }]),
      ]),
      staticSummary: `${type} to ${delivery.endpoint}`,
    });
  } catch (thrown) {
    // Somebody was here before: it is that delivery.
    if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(milliseconds, undefined, { signal, ref: false }).catch(() => undefined);
}
