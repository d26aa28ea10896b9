/** Watches that a model keeps talking. */
export interface IdleWatch {
  /** Aborted when the case stops the turn, and when the model has been silent for too long. */
  readonly signal: AbortSignal;
  /** Something came: the time begins anew. */
  readonly heard: () => void;
  /** Whether silence was what ended it. */
  readonly stalled: () => boolean;
  readonly stop: () => void;
}

/**
 * A limit for silence between two pieces of an answer. The heartbeat says that the process lives and is beaten by a
 * timer; this one says whether the model does.
 */
export function watchIdle(outer: AbortSignal, idleMs: number): IdleWatch {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort();
  }, idleMs);
  return {
    signal: AbortSignal.any([outer, silence.signal]),
    heard: () => {
      timer.refresh();
    },
    stalled: () => silence.signal.aborted,
    stop: () => {
      clearTimeout(timer);
    },
  };
}
