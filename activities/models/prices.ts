import type { calcPrice, PriceCalculationResult, Provider } from '@pydantic/genai-prices';
import { getOwn } from '../../contract/json.ts';
import type { ModelTokens } from './model.ts';
import { parseModelName, type ModelSettings } from './model-settings.ts';

/** What calls of one model cost. */
export interface Pricing {
  /** Where the price is from: the dated table, or `settings`. */
  readonly source: string;
  /** Whole micro-USD, rounded up. */
  readonly costOf: (tokens: ModelTokens) => number;
}

/** The table of prices that is built in, by the release that dates it. */
export const PRICE_TABLE = 'genai-prices 0.1.8';

/** Vendors as the table knows them. Servers of one's own are in no table. */
const SELLERS: Readonly<Record<string, string>> = {
  openai: 'openai',
  'openai-chat': 'openai',
  anthropic: 'anthropic',
  google: 'google',
};

/**
 * The price of a model: from settings, else from the table, as of now. The table is loaded when first asked for.
 * @param name `vendor:model`
 * @returns undefined where nobody knows it
 */
export async function pricingOf(name: string, settings: ModelSettings): Promise<Pricing | undefined> {
  const own = getOwn(settings.prices ?? {}, name);
  if (own) {
    const { inputUsd, outputUsd, cacheReadUsd = inputUsd } = own;
    return {
      source: 'settings',
      costOf: ({ input, output, cacheRead = 0 }) =>
        Math.ceil((input - cacheRead) * inputUsd + cacheRead * cacheReadUsd + output * outputUsd),
    };
  }
  // Models of one's own are not sold by anybody.
  const [vendor = ''] = name.split(':');
  const providerId = getOwn(SELLERS, vendor);
  if (providerId === undefined) return undefined;
  const { model } = parseModelName(name);
  const price = await priceTable();
  const provider = sellers.get(name) ?? sellerOf(price({}, model, { providerId }));
  if (!provider) return undefined;
  sellers.set(name, provider);
  const usd = (tokens: ModelTokens): number | undefined =>
    price(
      {
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        ...(tokens.cacheRead === undefined ? {} : { cache_read_tokens: tokens.cacheRead }),
        ...(tokens.cacheWrite === undefined ? {} : { cache_write_tokens: tokens.cacheWrite }),
      },
      model,
      { provider, timestamp: new Date() },
    )?.total_price;
  return {
    source: PRICE_TABLE,
    // A few units in the last place are no reason to charge a whole one more.
    costOf: (tokens) => Math.ceil(Math.round((usd(tokens) ?? 0) * 1e9) / 1e3),
  };
}

let loading: Promise<typeof calcPrice> | undefined;

/** Asked for once: an import of what is loaded already is still a search for it. */
function priceTable(): Promise<typeof calcPrice> {
  loading ??= import('@pydantic/genai-prices').then((table) => table.calcPrice);
  return loading;
}

/**
 * Who sells a model, by its name, with that model alone: to look it up among hundreds takes longer than to price it.
 * Prices of it stay those of each moment.
 */
const sellers = new Map<string, Provider>();

function sellerOf(found: PriceCalculationResult): Provider | undefined {
  return found ? { ...found.provider, models: [found.model] } : undefined;
}
