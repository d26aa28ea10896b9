import type { BatonClient } from '../../client/index.ts';
import type { StreamEvent } from './event-stream.ts';

/** What agents of a case say while they speak, as events whose ids are the offsets of the feed. */
export async function* progressEvents(
  baton: BatonClient,
  caseId: string,
  options: { readonly after: number; readonly signal: AbortSignal },
): AsyncGenerator<StreamEvent, void, undefined> {
  for await (const { offset, progress } of baton.followProgress(caseId, options))
    yield { event: progress.kind, id: offset, data: { offset, ...progress } };
}
