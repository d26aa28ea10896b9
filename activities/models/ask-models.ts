import { ApplicationFailure } from '@temporalio/activity';
import { applicationFailure } from '../../contract/application-failure.ts';
import type { Provenance } from '../../contract/envelope.ts';
import { isBatonError, isFailureCode, type FailureCode } from '../../contract/failures.ts';
import {
  addLost,
  NO_CALLS,
  type Allowance,
  type LostCalls,
  type ModelUsage,
} from '../../contract/model-usage.ts';
import { beginCalls, codeOf, LostWithIt, type CallsOfTurn } from './attempts.ts';
import { atMost, countInput, requireAllowance, usageOf } from './budget.ts';
import type { ModelAnswer, ModelRequest } from './model.ts';
import { CallStopped, frameworkFailure } from './model-failure.ts';
import type { ListedModel } from './model-list.ts';
import type { ModelSettings } from './model-settings.ts';
import { pricingOf, type Pricing } from './prices.ts';
import type { ProgressFeed } from './progress-feed.ts';
import type { TenantPurse } from './tenant-purse.ts';

/** Models that were asked before and did not answer, each with the code of its failure. */
export type PassedOver = NonNullable<Provenance['passedOver']>;

/** What models are asked with. */
export interface AskingHouse {
  readonly settings: ModelSettings;
  readonly allowance: Allowance | undefined;
  /** That of the turn; 1 for the first. */
  readonly attempt: number;
  readonly feed: Pick<ProgressFeed, 'text' | 'restart'>;
  /** Names of errors that the agent's failure contract judges (H7). */
  readonly named: readonly string[];
  /** What the case's tenant may spend. */
  readonly purse: TenantPurse;
}

/** The answer of the first model that gave one. */
export interface AskedModel {
  readonly said: ModelAnswer;
  /** Of the model that answered, as configured. */
  readonly model: string;
  readonly usage: ModelUsage;
  /** All that this attempt has taken, were its answer of no use: what earlier ones lost is not in it. */
  readonly own: LostCalls;
  readonly passedOver: PassedOver;
}

/**
 * Asks the models of a list, one after the other, until one answers. Whatever a vendor fails with is a reason to ask the
 * next one at once, and an answer that its vendor holds back as well: whoever lists several would rather hear another
 * model than wait. Where none answers, the attempt fails and Temporal tries the list again, from its beginning.
 * @throws CallStopped, BatonError `BUDGET_SPENT`, `TENANT_BUDGET_SPENT`, `MODEL_PRICE_UNKNOWN`; LostWithIt around the failure that a retry is
 * likeliest to mend, where calls may have been paid for
 */
export async function askModels(
  models: readonly ListedModel[],
  request: Omit<ModelRequest, 'onText'>,
  house: AskingHouse,
): Promise<AskedModel> {
  const passedOver: { model: string; code: string }[] = [];
  const failures: unknown[] = [];
  const round = new Round(request, house);
  for (const [place, listed] of models.entries()) {
    if (place > 0) house.feed.restart();
    const answer = await round.ask(listed);
    if (answer.kind === 'failed') {
      failures.push(answer.thrown);
      passedOver.push({ model: listed.name, code: failureCodeOf(answer.thrown) });
      continue;
    }
    const { said, usage } = answer;
    if (said.finish !== 'filtered' || place === models.length - 1) {
      const lost = round.lost();
      return {
        said,
        model: listed.name,
        usage: lost.calls > 0 ? { ...usage, lost } : usage,
        own: addLost(round.own(), chargedFor(usage)),
        passedOver,
      };
    }
    round.waste(usage);
    passedOver.push({ model: listed.name, code: 'MODEL_ANSWER_EMPTY' });
  }
  throw round.failed(likeliestToMend(failures, passedOver));
}

/** A call that its vendor refused before the model began. */
const NOTHING = { inputTokens: 0, outputTokens: 0, microUsd: 0 };

type Answered =
  | { readonly kind: 'answered'; readonly said: ModelAnswer; readonly usage: ModelUsage }
  | { readonly kind: 'failed'; readonly thrown: unknown };

/** One go through a list, with what its calls have cost so far. */
class Round {
  readonly #request: Omit<ModelRequest, 'onText'>;
  readonly #house: AskingHouse;
  #calls: CallsOfTurn | undefined;
  #counted: number | undefined;

  constructor(request: Omit<ModelRequest, 'onText'>, house: AskingHouse) {
    this.#request = request;
    this.#house = house;
  }

  async ask(listed: ListedModel): Promise<Answered> {
    const { settings, allowance, attempt, feed, purse } = this.#house;
    const request = this.#request;
    const pricing = await pricingOf(listed.name, settings);
    // Counting takes longer the longer a case is: only a bound needs to know before the call.
    const most = allowance ? await this.#most(pricing) : atMost(request, pricing);
    const calls = (this.#calls ??= beginCalls(attempt, most));
    let asked = false;
    try {
      if (allowance) requireAllowance(allowance, { model: listed.name, most, lost: calls.lost() });
      const model = await listed.open().catch((thrown: unknown) => new NotOpened(thrown));
      if (model instanceof NotOpened) return { kind: 'failed', thrown: model.thrown };
      await purse.reserve(listed.name, () => this.#most(pricing));
      calls.asks(most);
      asked = true;
      const said = await model.call({ ...request, onText: feed.text });
      const usage = await usageOf(listed.name, request, said, pricing);
      await purse.settle(listed.name, usage);
      return { kind: 'answered', said, usage };
    } catch (thrown) {
      const known = this.#read(thrown, listed.name);
      if (asked && !calls.failed(known, await this.#most(pricing))) await purse.settle(listed.name, NOTHING);
      if (request.signal.aborted) throw new CallStopped(thrown);
      if (!asked) throw this.failed(thrown);
      return { kind: 'failed', thrown: known };
    }
  }

  lost(): LostCalls {
    return this.#calls?.lost() ?? NO_CALLS;
  }

  own(): LostCalls {
    return this.#calls?.own() ?? NO_CALLS;
  }

  /** An answer that nobody can use was charged all the same. */
  waste(usage: ModelUsage): void {
    this.#calls?.wasted(chargedFor(usage));
  }

  failed(thrown: unknown): unknown {
    const lost = this.lost();
    return lost.calls === 0 ? thrown : new LostWithIt(thrown, lost);
  }

  /** What a vendor said, also where a framework's error tells of it; errors that the agent names are its own to judge. */
  #read(thrown: unknown, model: string): unknown {
    const named = thrown instanceof Error && this.#house.named.includes(thrown.name);
    if (named || thrown instanceof ApplicationFailure || isBatonError(thrown)) return thrown;
    return frameworkFailure(thrown, { model, signal: this.#request.signal }) ?? thrown;
  }

  async #most(pricing: Pricing | undefined): Promise<LostCalls> {
    this.#counted ??= await countInput(this.#request);
    return atMost(this.#request, pricing, this.#counted);
  }
}

/** An answer as a call that came to none: what it was charged. */
function chargedFor({ inputTokens, outputTokens, microUsd }: ModelUsage): LostCalls {
  return { calls: 1, inputTokens, outputTokens, ...(microUsd === undefined ? {} : { microUsd }) };
}

/** What kept a model from being opened: a key that is not set is a reason to ask the next one. */
class NotOpened {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    this.thrown = thrown;
  }
}

function failureCodeOf(thrown: unknown): FailureCode {
  const code = codeOf(thrown);
  return typeof code === 'string' && isFailureCode(code) ? code : 'AGENT_FAILED';
}

/** One that may be tried again, after the shortest pause; the last one where none may. It names the others. */
function likeliestToMend(failures: readonly unknown[], passedOver: PassedOver): unknown {
  const mendable = failures.filter((one) => !(one instanceof ApplicationFailure) || !one.nonRetryable);
  const [likeliest = failures.at(-1)] = mendable.toSorted((one, other) => pauseOf(one) - pauseOf(other));
  if (passedOver.length < 2 || !(likeliest instanceof ApplicationFailure)) return likeliest;
  const all = passedOver.map(({ model, code }) => `${model}: ${code}`).join(', ');
  const what = { code: failureCodeOf(likeliest), message: `${likeliest.message}; asked were ${all}` };
  const pauseMs = likeliest.nextRetryDelay as number | null | undefined;
  return applicationFailure(what, {
    retryable: likeliest.nonRetryable !== true,
    cause: likeliest,
    ...(pauseMs == null ? {} : { pauseMs }),
  });
}

/** Baton names pauses in milliseconds alone. */
function pauseOf(thrown: unknown): number {
  return thrown instanceof ApplicationFailure ? Number(thrown.nextRetryDelay ?? 0) : 0;
}
