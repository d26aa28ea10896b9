import { BatonError, failure } from '../../contract/failures.ts';
import type { Allowance, ModelUsage } from '../../contract/model-usage.ts';
import { tokenCounter } from '../context/tokens.ts';
import type { ModelAnswer, ModelRequest, ModelTokens } from './model.ts';
import type { Pricing } from './prices.ts';

/**
 * Refuses a call that could spend more than is left: its input as counted (o200k, near enough for other vendors) and
 * the longest answer it may give. An earlier attempt of this turn may have been paid for without an answer: what came
 * of it is unknown, so that each counts as the most it can have cost (G3, I7).
 * @throws BatonError `BUDGET_SPENT`, `MODEL_PRICE_UNKNOWN`
 */
export async function requireAllowance(
  allowance: Allowance | undefined,
  call: {
    readonly model: string;
    readonly request: Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'maxOutputTokens'>;
    readonly pricing: Pricing | undefined;
    /** Earlier attempts that may have been paid for. */
    readonly lost: number;
  },
): Promise<void> {
  if (!allowance) return;
  const { model, request, pricing, lost } = call;
  const most = await mostOf(request);
  const tokens = (lost + 1) * (most.input + most.output);
  if (allowance.tokens !== undefined && tokens > allowance.tokens)
    throw spent(`${String(tokens)} tokens at most, ${String(allowance.tokens)} left`);
  if (allowance.microUsd === undefined) return;
  if (!pricing) throw new BatonError(failure('MODEL_PRICE_UNKNOWN', model, 'limits.costUsd'));
  const microUsd = (lost + 1) * pricing.costOf(most);
  if (microUsd > allowance.microUsd)
    throw spent(`${String(microUsd)} micro-USD at most, ${String(allowance.microUsd)} left`);
}

/** The most that a call can take: its input as counted, and the longest answer. */
async function mostOf({
  system,
  messages,
  tools,
  maxOutputTokens,
}: Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'maxOutputTokens'>): Promise<ModelTokens> {
  const count = await tokenCounter();
  return { input: count(JSON.stringify({ system, messages, tools })), output: maxOutputTokens };
}

/** Earlier attempts of unknown outcome, each as the most it can have cost; nothing where there was none. */
export async function lostCalls(
  calls: number,
  request: Pick<ModelRequest, 'system' | 'messages' | 'tools' | 'maxOutputTokens'>,
  pricing: Pricing | undefined,
): Promise<Pick<ModelUsage, 'lost'>> {
  if (calls === 0) return {};
  const most = await mostOf(request);
  return {
    lost: {
      calls,
      inputTokens: calls * most.input,
      outputTokens: calls * most.output,
      ...(pricing ? { microUsd: calls * pricing.costOf(most) } : {}),
    },
  };
}

function spent(detail: string): BatonError {
  return new BatonError(failure('BUDGET_SPENT', detail));
}

/** What a call took. A vendor that does not say is counted. */
export async function usageOf(
  model: string,
  request: Pick<ModelRequest, 'system' | 'messages' | 'tools'>,
  { parts, tokens }: Pick<ModelAnswer, 'parts' | 'tokens'>,
  pricing: Pricing | undefined,
): Promise<ModelUsage> {
  const counted = tokens ?? (await countTokens(request, parts));
  return {
    model,
    inputTokens: counted.input,
    outputTokens: counted.output,
    ...(pricing ? { microUsd: pricing.costOf(counted), priced: pricing.source } : {}),
  };
}

async function countTokens(
  { system, messages, tools }: Pick<ModelRequest, 'system' | 'messages' | 'tools'>,
  parts: ModelAnswer['parts'],
): Promise<ModelTokens> {
  const count = await tokenCounter();
  return { input: count(JSON.stringify({ system, messages, tools })), output: count(JSON.stringify(parts)) };
}
