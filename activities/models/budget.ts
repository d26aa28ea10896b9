import { BatonError, failure } from '../../contract/failures.ts';
import type { Allowance, LostCalls, ModelUsage } from '../../contract/model-usage.ts';
import { tokenCounter } from '../context/tokens.ts';
import type { ModelAnswer, ModelRequest, ModelTokens } from './model.ts';
import type { Pricing } from './prices.ts';

/**
 * Refuses a call that could spend more than is left: its input as counted (o200k, near enough for other vendors) and
 * the longest answer it may give, beside what calls of this turn that came to nothing have cost (G3, I7).
 * @throws BatonError `BUDGET_SPENT`, `MODEL_PRICE_UNKNOWN`
 */
export function requireAllowance(
  allowance: Allowance,
  call: { readonly model: string; readonly most: LostCalls; readonly lost: LostCalls },
): void {
  const { model, most, lost } = call;
  const tokens = most.inputTokens + most.outputTokens + lost.inputTokens + lost.outputTokens;
  if (allowance.tokens !== undefined && tokens > allowance.tokens)
    throw spent(`${String(tokens)} tokens at most, ${String(allowance.tokens)} left`);
  if (allowance.microUsd === undefined) return;
  if (most.microUsd === undefined)
    throw new BatonError(failure('MODEL_PRICE_UNKNOWN', model, 'limits.costUsd'));
  const microUsd = most.microUsd + (lost.microUsd ?? 0);
  if (microUsd > allowance.microUsd)
    throw spent(`${String(microUsd)} micro-USD at most, ${String(allowance.microUsd)} left`);
}

/** What a request has as input, in tokens (o200k). */
export async function countInput(request: Asked): Promise<number> {
  const count = await tokenCounter();
  return count(inputOf(request));
}

/**
 * The most that a call can cost: its input, and the longest answer.
 * @param input tokens as counted; where they are not, a token for two bytes, which no text in use exceeds
 */
export function atMost(
  request: Asked & Pick<ModelRequest, 'maxOutputTokens'>,
  pricing: Pricing | undefined,
  input = Math.ceil(Buffer.byteLength(inputOf(request)) / 2),
): LostCalls {
  const output = request.maxOutputTokens;
  return {
    calls: 1,
    inputTokens: input,
    outputTokens: output,
    ...(pricing ? { microUsd: pricing.costOf({ input, output }) } : {}),
  };
}

/** What of a request a model reads. */
type Asked = Pick<ModelRequest, 'system' | 'messages' | 'tools'>;

function inputOf({ system, messages, tools }: Asked): string {
  return JSON.stringify({ system, messages, tools });
}

function spent(detail: string): BatonError {
  return new BatonError(failure('BUDGET_SPENT', detail));
}

/** What a call took. A vendor that does not say is counted. */
export async function usageOf(
  model: string,
  request: Asked,
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

async function countTokens(request: Asked, parts: ModelAnswer['parts']): Promise<ModelTokens> {
  const count = await tokenCounter();
  return { input: count(inputOf(request)), output: count(JSON.stringify(parts)) };
}
