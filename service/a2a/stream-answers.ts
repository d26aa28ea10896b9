import { JsonRpcTransportHandler } from '@a2a-js/sdk/server';
import type { StreamEvent } from '../events/event-stream.ts';
import type { UpdateStream } from './handle-requests.ts';

/** Answers to one request of JSON-RPC, one after the other. */
export type AnswerStream = AsyncGenerator<object, void, undefined>;

/** A stream that has something to tell, or an answer that is all there is. */
export type BegunStream =
  | { readonly kind: 'begun'; readonly answers: AnswerStream; readonly first: object }
  | { readonly kind: 'answered'; readonly answer: object };

/** Whether a handler of the SDK answers with a stream. */
export function isStream(answer: object): answer is AnswerStream {
  return Symbol.asyncIterator in answer;
}

/** Waits for the first answer: a request that is refused is answered like any other, and no stream is begun. */
export async function beginStream(answers: AnswerStream, requestId: unknown): Promise<BegunStream> {
  try {
    const first = await answers.next();
    return { kind: 'begun', answers, first: first.done === true ? {} : first.value };
  } catch (thrown) {
    return { kind: 'answered', answer: errorOf(thrown, requestId) };
  }
}

/** The answers as events; the id of each is the number of the ledger row up to which all was told. */
export async function* eventsOf(
  { answers, first }: Extract<BegunStream, { kind: 'begun' }>,
  { stream, requestId }: { readonly stream: UpdateStream; readonly requestId: unknown },
): AsyncGenerator<StreamEvent, void, undefined> {
  const numbered = (data: object): StreamEvent =>
    stream.offset === undefined ? { data } : { id: stream.offset, data };
  yield numbered(first);
  try {
    for await (const answer of answers) yield numbered(answer);
  } catch (thrown) {
    yield { event: 'error', data: errorOf(thrown, requestId) };
  }
}

function errorOf(thrown: unknown, id: unknown): object {
  return { jsonrpc: '2.0', id, error: JsonRpcTransportHandler.mapToJSONRPCError(thrown) };
}
