import type { z } from 'zod';
import type { Agent, Answer, Turn } from '../../../activities/agent.ts';
import { defineAgent } from '../../../activities/define-agent.ts';
import type { CallAnswer } from '../../../contract/activities.ts';
import type { RecordStore } from '../../../contract/ports.ts';
import { answerTo, askedIn } from '../answers.ts';
import { concernOf } from '../concerns.ts';
import { TechnicalFacts } from '../facts.ts';
import type { Role } from '../role.ts';
import { Line } from '../records.ts';
import { bookTechnician } from '../tools/book-technician.ts';
import { checkLine } from '../tools/check-line.ts';
import { openTicket } from '../tools/open-ticket.ts';
import { reserveRouter } from '../tools/reserve-router.ts';
import { unblockLine } from '../tools/unblock-line.ts';

type Facts = z.output<typeof TechnicalFacts>;

/** Repairs lines of the own network. Lines of a partner's network it declines before accepting them. */
export function technicalRole(records: RecordStore): Role<Facts> {
  return {
    name: 'technical',
    version: '1.0.0',
    domain: 'network',
    scope: 'Lines of our own network: blocks, routers, technicians',
    accepts: TechnicalFacts,
    tools: [
      checkLine(records),
      unblockLine(records),
      openTicket(records),
      reserveRouter(records),
      bookTechnician(records),
    ],
    declines: (turn) =>
      turn.facts.network === 'partner' ? `${turn.facts.lineId} belongs to a partner's network` : undefined,
  };
}

/** By rules: what a keyword decides. */
export function technical(records: RecordStore): Agent {
  return defineAgent({
    ...technicalRole(records),
    run: (turn) => {
      const visit = answerTo(turn, 'book-technician');
      if (visit) return afterVisit(visit);
      const unblocked = answerTo(turn, 'unblock-line');
      if (unblocked) return finish('line-restored', 'Your line is up again. Goodbye!');
      const line = answerTo(turn, 'check-line');
      if (line) return repair(turn, line);
      const concern = concernOf(askedIn(turn));
      if (concern === 'nothing-more') return finish('answered', 'You are welcome. Goodbye!');
      // Somebody else's work goes back to whoever gave it; the previous owner needs no edge of ours.
      if (concern === 'refund-request' && turn.transfer?.from === 'triage')
        return { intent: { kind: 'return', reasonCode: 'not-technical', explanation: 'It is about a bill' } };
      const { lineId } = turn.facts;
      return {
        intent: { kind: 'call', calls: [{ id: 'check', tool: 'check-line', arguments: { lineId } }] },
      };
    },
  });
}

function repair(turn: Turn<Facts>, found: CallAnswer['answer']): Answer {
  const { lineId } = turn.facts;
  if (found.kind !== 'done') return toSupport('line-unknown', found.failure.message);
  const { status, town } = Line.parse(found.result);
  switch (status) {
    case 'ok':
      return { intent: { kind: 'reply', text: 'Your line looks fine from here. Is it still slow?' } };
    case 'blocked':
      return {
        say: 'Your line was blocked. I am lifting that now.',
        intent: {
          kind: 'call',
          calls: [{ id: 'unblock', tool: 'unblock-line', arguments: { lineId } }],
        },
      };
    case 'router-broken':
      return {
        say: 'Your router is broken. I am reserving a new one and a technician to bring it.',
        intent: {
          kind: 'call',
          calls: [
            { id: 'ticket', tool: 'open-ticket', arguments: { lineId, fault: 'router broken' } },
            { id: 'router', tool: 'reserve-router', arguments: { lineId } },
            { id: 'visit', tool: 'book-technician', arguments: { lineId, town } },
          ],
        },
      };
  }
}

function afterVisit(visit: CallAnswer['answer']): Answer {
  return visit.kind === 'done'
    ? finish('technician-booked', 'A technician will come tomorrow. Goodbye!')
    : toSupport('no-technician', visit.failure.message);
}

function finish(outcome: string, text: string): Answer {
  return { intent: { kind: 'finish', outcome, text } };
}

function toSupport(reasonCode: string, explanation: string): Answer {
  return {
    say: 'I am asking a colleague to look at this.',
    intent: { kind: 'escalate', to: 'support', reasonCode, explanation: explanation.slice(0, 500) },
  };
}
