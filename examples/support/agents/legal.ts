import type { z } from 'zod';
import type { Agent, Answer, Turn } from '../../../activities/agent.ts';
import { defineAgent } from '../../../activities/define-agent.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { agrees, answerTo, askedIn } from '../answers.ts';
import { LegalFacts } from '../facts.ts';
import type { Role } from '../role.ts';
import { holdAccount } from '../tools/hold-account.ts';
import { openFile } from '../tools/open-file.ts';
import { sendLetter } from '../tools/send-letter.ts';

type Facts = z.output<typeof LegalFacts>;

/** Prepares claims for counsel. It advises nobody: in the end a person takes the case. */
export function legalRole(records: RecordStore): Role<Facts> {
  return {
    name: 'legal',
    version: '1.0.0',
    domain: 'legal',
    scope: 'Opens files, protects the account, prepares for counsel; gives no advice',
    accepts: LegalFacts,
    tools: [openFile(records), holdAccount(records), sendLetter(records)],
  };
}

/** By rules: what a keyword decides. */
export function legal(records: RecordStore): Agent {
  return defineAgent({
    ...legalRole(records),
    run: (turn) => {
      if (turn.notices.some((notice) => notice.kind === 'handoff-refused'))
        return toCounsel('claim-withdrawn', 'The customer withdraws the claim; the file is to be closed');
      if (answerTo(turn, 'send-letter'))
        return toCounsel('claim-prepared', 'File, hold and letter are ready');
      const file = answerTo(turn, 'open-file');
      if (file?.kind === 'done') return offerLetter((file.result as { readonly fileId: string }).fileId);
      const { fileId } = turn.memory;
      return typeof fileId === 'string' ? afterOffer(turn, fileId) : prepare(turn);
    },
  });
}

function prepare(turn: Turn<Facts>): Answer {
  const { customerId, claim } = turn.facts;
  return {
    intent: {
      kind: 'call',
      calls: [
        { id: 'file', tool: 'open-file', arguments: { customerId, claim } },
        { id: 'hold', tool: 'hold-account', arguments: { customerId, reason: 'legal claim' } },
      ],
    },
  };
}

function offerLetter(fileId: string): Answer {
  return {
    intent: {
      kind: 'reply',
      text: `Your claim has the number ${fileId}. Shall we send you our position by registered letter?`,
    },
    facts: { fileId },
  };
}

function afterOffer(turn: Turn<Facts>, fileId: string): Answer {
  const text = askedIn(turn);
  const { customerId } = turn.facts;
  if (agrees(text)) {
    return {
      intent: {
        kind: 'call',
        calls: [{ id: 'letter', tool: 'send-letter', arguments: { customerId, fileId } }],
      },
    };
  }
  if (/\b(forget it|withdraw)\b/i.test(text))
    return { intent: { kind: 'return', reasonCode: 'claim-withdrawn', explanation: text.slice(0, 500) } };
  return toCounsel('claim-prepared', 'File and hold are ready; the customer wants no letter');
}

function toCounsel(reasonCode: string, explanation: string): Answer {
  return {
    say: 'Our legal counsel will take it from here.',
    intent: { kind: 'escalate', to: 'legal-counsel', reasonCode, explanation },
  };
}
