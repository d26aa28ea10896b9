import { z } from 'zod';
import type { Tool, ToolAnswer } from '../../activities/tool.ts';
import type { RecordStore, RecordTransaction } from '../../contract/ports.ts';
import type { StoreAccess } from '../store-tool.ts';
import { changeTool, lookUpTool } from '../store-tool.ts';
import type { Intent, Service } from './schema.ts';
import { toolName } from './schema.ts';

const Value = z.string().max(2_000);

const Answer = z.discriminatedUnion('kind', [
  z.object({ intent: z.string(), kind: z.literal('done'), result: z.record(z.string(), Value) }),
  z.object({ intent: z.string(), kind: z.literal('refused'), why: z.string().max(1_000) }),
]);
/** What the world behind a service answers to a request: collection `answers` of the store, by request. */
export type WorldAnswer = z.output<typeof Answer>;

/** A transaction that was made: collection `bookings` of the store, by request. */
export interface Booking {
  readonly service: string;
  readonly intent: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** Arguments of every tool of a service. */
export interface ServiceCall {
  /** The request that the world knows; its answer is for this one alone. */
  readonly request: string;
  readonly slots: Readonly<Record<string, string>>;
}

/** The tools of a service: an intent that is a transaction becomes an effect with an undo, any other a look-up. */
export function serviceTools(service: Service, access: StoreAccess): readonly Tool[] {
  return service.intents.map((intent) => serviceTool(service, intent, access));
}

function serviceTool(service: Service, intent: Intent, access: StoreAccess): Tool {
  const about = {
    name: toolName(intent.name),
    description: `${service.service_name}: ${intent.description || intent.name}`,
    input: inputOf(service, intent),
  };
  if (!intent.is_transactional)
    return lookUpTool(about, access, (store, input) => answerOf(store, intent, input));
  return changeTool(about, access, async (records, input) => {
    const answer = await answerOf(records, intent, input);
    if (answer.kind === 'refused') return answer;
    const booking: Booking = { service: service.service_name, intent: intent.name, slots: input.slots };
    await records.put('bookings', input.request, { ...booking, slots: { ...booking.slots } });
    return answer;
  });
}

function inputOf(service: Service, intent: Intent): z.ZodType<ServiceCall> {
  const slots = service.slots.map(({ name, description }): [string, z.ZodType] => {
    const value = Value.describe(description);
    return [name, intent.required_slots.includes(name) ? value : value.optional()];
  });
  return z.strictObject({
    request: z.string().min(1).max(100),
    slots: z.strictObject(Object.fromEntries(slots)) as unknown as z.ZodType<Record<string, string>>,
  });
}

async function answerOf(
  store: Pick<RecordStore | RecordTransaction, 'get'>,
  intent: Intent,
  input: ServiceCall,
): Promise<ToolAnswer> {
  const parsed = Answer.safeParse(await store.get('answers', input.request));
  if (!parsed.success || parsed.data.intent !== intent.name) {
    return { kind: 'refused', code: 'unknown-request', message: `${intent.name} knows no ${input.request}` };
  }
  const answer = parsed.data;
  return answer.kind === 'done'
    ? { kind: 'done', result: answer.result }
    : { kind: 'refused', code: 'not-possible', message: answer.why };
}
