/** A small workflow with every kind of command in it; each text of its own, so that a test can change one. */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../../../contract/search-attributes.ts';

interface Activities {
  note(what: unknown): Promise<string>;
  write(what: unknown): Promise<string>;
  hang(): Promise<void>;
}

export const go = defineSignal<[string]>('go');
export const approve = defineUpdate<string, [string]>('approve');

export async function journey(round: number): Promise<string> {
  const options = {
    startToCloseTimeout: '10s',
    heartbeatTimeout: '9s',
    retry: { maximumAttempts: 3 },
  } as const;
  const { note } = proxyActivities<Activities>({ ...options, taskQueue: workflowInfo().taskQueue });
  const { write } = proxyActivities<Activities>({ ...options, summary: 'the first summary' });
  const { hang } = proxyActivities<Activities>({
    ...options,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '5s' });
  let signalled = '';
  let approved = '';
  setHandler(go, (word) => void (signalled = word));
  setHandler(approve, async (word) => {
    await note({ kind: 'argument-of-update', word });
    approved = word;
    return 'answer-of-update';
  });
  if (round === 2) return 'result-of-the-end';
  if (patched('first-patch'))
    await note({ kind: 'argument-one', deep: { list: [1, { two: 'inner-value' }] } });
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.stage, value: 'stage-one' }]);
  await sleep(41);
  await Promise.all([note('parallel-a'), write('parallel-b')]);
  await local.note('local-argument');
  await condition(() => signalled !== '', 60_000);
  await CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    const hanging = hang().catch(() => 'cancelled');
    await sleep(1);
    scope.cancel();
    await hanging;
  });
  // Begun and cancelled within one task: leaves no event.
  const scope = new CancellationScope();
  const never = scope.run(() => sleep(50_000)).catch(() => 'cancelled');
  scope.cancel();
  await never;
  await condition(() => approved !== '', 70_000);
  return continueAsNew<typeof journey>(round + 1);
}
