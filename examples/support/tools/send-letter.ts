import { z } from 'zod';
import { defineTool } from '../../../activities/define-tool.ts';
import { recordEffect, type Tool } from '../../../activities/tool.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { newId } from '../records.ts';

/**
 * Sends a registered letter. It cannot be taken back, so it has no undo, always needs a person's yes, and is
 * reported as kept when the case around it is undone.
 */
export function sendLetter(records: RecordStore): Tool {
  const input = z.object({ customerId: z.string(), fileId: z.string() });
  const name = 'send-letter';
  const { run } = recordEffect<z.output<typeof input>>({
    name,
    store: () => records,
    change: async (transaction, letter, { key }) => {
      const letterId = newId('RL', key);
      await transaction.put('letters', letterId, letter);
      return { kind: 'done', result: { letterId } };
    },
  });
  return defineTool({
    name,
    description: 'Sends our position as a registered letter',
    input,
    effect: 'write',
    approval: {
      pool: 'legal-counsel',
      expiresMs: 72 * 3_600_000,
      question: 'Send the registered letter?',
    },
    run,
  });
}
