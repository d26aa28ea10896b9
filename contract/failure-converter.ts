import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Temporal's failure converter, with messages and stack traces in a payload, so that a codec encrypts them: they
 * quote what users, agents and tools said. In use with encryption only; worker and workflow bundle load it by path.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
