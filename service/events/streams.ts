import { z } from 'zod';
import type { LedgerKind } from '../../contract/ledger.ts';
import type { DescribedStream } from '../http/openapi.ts';
import { Message, OpenReview } from '../shapes/answers.ts';
import { InboxQuery, EventsQuery } from '../shapes/requests.ts';

const CaseEvent = z
  .object({
    offset: z.int(),
    at: z.string().meta({ format: 'date-time' }),
    kind: z.custom<LedgerKind>(() => true).meta({ type: 'string' }),
    owner: z.string(),
    content: z.custom<object>(() => true).meta({ type: 'object' }),
    message: Message.optional(),
  })
  .meta({ id: 'CaseEvent' });
const ProgressEvent = z
  .object({
    offset: z.int(),
    kind: z.enum(['began', 'restarted', 'text', 'ended']),
    agent: z.string(),
    turn: z.int(),
    attempt: z.int(),
    text: z.string().optional(),
  })
  .meta({ id: 'ProgressEvent' });
const ReviewEvent = z
  .union([OpenReview, z.object({ caseId: z.string(), reviewId: z.string(), pool: z.string() })])
  .meta({ id: 'ReviewEvent' });

/** The stream of one case. */
export const caseStream: DescribedStream = {
  operation: 'followCase',
  path: '/cases/{caseId}/events',
  summary: 'Follow a case: its ledger rows in order, from an offset on, until it has ended',
  action: 'follow-case',
  query: EventsQuery,
  event: CaseEvent,
};
/** The stream of what agents say while they speak. */
export const progressStream: DescribedStream = {
  operation: 'followProgress',
  path: '/cases/{caseId}/progress',
  summary:
    'Follow what agents with a model say while they speak; `restarted` voids earlier attempts of its turn',
  action: 'follow-case',
  query: EventsQuery,
  event: ProgressEvent,
};
/** The stream of an inbox. */
export const inboxStream: DescribedStream = {
  operation: 'followReviews',
  path: '/reviews/events',
  summary: 'Follow the inbox: the reviews that are open, and every change',
  action: 'list-reviews',
  query: InboxQuery,
  event: ReviewEvent,
};
