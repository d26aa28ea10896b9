import { BatonError, failure } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';

const VENDORS = ['openai', 'openai-chat', 'openai-compatible', 'anthropic', 'google'] as const;

/** Who serves a model. `openai` speaks the Responses protocol, `openai-chat` and `openai-compatible` that of chats. */
export type Vendor = (typeof VENDORS)[number];

/** Where a vendor is reached, and with which key. */
export interface VendorAccess {
  readonly apiKey?: string;
  readonly baseUrl?: string;
}

/** Price of a model, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly inputUsd: number;
  readonly outputUsd: number;
  /** Of input read from the vendor's cache; as other input when absent. */
  readonly cacheReadUsd?: number;
}

/** What a worker is told of models from outside. Nothing of it reaches a history. */
export interface ModelSettings {
  /**
   * Models by agent, `*` for all others; an agent's own when absent. Changed without touching code (A6). Several, with
   * `|` between, are a list: the first one that answers counts.
   */
  readonly models?: Readonly<Record<string, string>>;
  readonly vendors?: Readonly<Partial<Record<Vendor, VendorAccess>>>;
  /** Prices by `vendor:model`, before those of the table. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
}

/** A model as configurations name it, taken apart. */
export interface ModelName {
  readonly vendor: Vendor;
  readonly model: string;
}

/**
 * Reads `vendor:model`, such as `anthropic:claude-sonnet-4-5` or `openai-compatible:llama3.1:8b`.
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function parseModelName(name: string): ModelName {
  const colon = name.indexOf(':');
  const vendor = VENDORS.find((one) => one === name.slice(0, colon));
  const model = name.slice(colon + 1);
  if (vendor && model !== '') return { vendor, model };
  const detail = `model ${JSON.stringify(name)}: it is written vendor:model, with a vendor of ${VENDORS.join(', ')}`;
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'model'));
}

/** The models that settings give an agent, in order; undefined where it keeps its own. */
export function modelsInSettings(settings: ModelSettings, agent: string): readonly string[] | undefined {
  const { models = {} } = settings;
  return namesIn(getOwn(models, agent) ?? getOwn(models, '*'));
}

function namesIn(list: string | undefined): readonly string[] | undefined {
  return list?.split('|').map((name) => name.trim());
}

/** Variables under which vendors' own libraries know key and address. */
const VARIABLES: Readonly<Record<Vendor, { readonly key: string; readonly url: string }>> = {
  openai: { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  'openai-chat': { key: 'OPENAI_API_KEY', url: 'OPENAI_BASE_URL' },
  'openai-compatible': { key: 'OPENAI_COMPATIBLE_API_KEY', url: 'OPENAI_COMPATIBLE_BASE_URL' },
  anthropic: { key: 'ANTHROPIC_API_KEY', url: 'ANTHROPIC_BASE_URL' },
  google: { key: 'GOOGLE_GENERATIVE_AI_API_KEY', url: 'GOOGLE_GENERATIVE_AI_BASE_URL' },
};

/** The variable that has a vendor's key, for the message that asks for it. */
export function keyVariable(vendor: Vendor): string {
  return VARIABLES[vendor].key;
}

/**
 * Reads settings from variables: each vendor's key and address, `BATON_MODELS` (`billing=openai:gpt-4.1|google:gemini-2.5-pro,*=...`) and
 * `BATON_MODEL_PRICES` (`openai-compatible:llama3.1=0/0`, dollars for a million tokens in and out).
 * @throws BatonError `CONFIGURATION_INVALID`
 */
export function modelSettingsOf(environment: Readonly<Record<string, string | undefined>>): ModelSettings {
  const access = VENDORS.map((vendor) => {
    const apiKey = environment[VARIABLES[vendor].key];
    const baseUrl = environment[VARIABLES[vendor].url];
    const known: VendorAccess = { ...(apiKey ? { apiKey } : {}), ...(baseUrl ? { baseUrl } : {}) };
    return [vendor, known] as const;
  });
  const models = pairsOf('BATON_MODELS', environment['BATON_MODELS']);
  for (const [, list] of models) for (const name of namesIn(list) ?? []) parseModelName(name);
  const prices = pairsOf('BATON_MODEL_PRICES', environment['BATON_MODEL_PRICES']);
  return {
    models: Object.fromEntries(models),
    vendors: Object.fromEntries(access),
    prices: Object.fromEntries(prices.map(([name, price]) => [name, priceOf(name, price)])),
  };
}

function pairsOf(variable: string, text: string | undefined): readonly (readonly [string, string])[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const at = entry.lastIndexOf('=');
      if (at > 0 && at < entry.length - 1) return [entry.slice(0, at), entry.slice(at + 1)] as const;
      const detail = `${variable} has ${JSON.stringify(entry)}: write name=value, separated by commas`;
      throw new BatonError(failure('CONFIGURATION_INVALID', detail, variable));
    });
}

function priceOf(name: string, text: string): ModelPrice {
  const [inputUsd, outputUsd, ...more] = text.split('/').map(Number);
  const sound = [inputUsd, outputUsd].every((one) => one !== undefined && one >= 0 && Number.isFinite(one));
  if (sound && more.length === 0) return { inputUsd: inputUsd ?? 0, outputUsd: outputUsd ?? 0 };
  const detail = `BATON_MODEL_PRICES has ${JSON.stringify(text)} for ${name}: write input/output in US dollars for a million tokens`;
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_MODEL_PRICES'));
}
