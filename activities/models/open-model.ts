import type { LanguageModelV3 } from '@ai-sdk/provider';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Model } from './model.ts';
import {
  keyVariable,
  parseModelName,
  type ModelName,
  type ModelSettings,
  type VendorAccess,
} from './model-settings.ts';
import { vendorModel } from './vendor-model.ts';

/**
 * Opens a model by its configured name. The vendor's library is loaded when the first of its models is opened, so
 * that teams without models pay nothing for it.
 * @throws BatonError `CONFIGURATION_INVALID`, `MODEL_ACCESS_DENIED` where the key is not set
 */
export async function openModel(name: string, settings: ModelSettings): Promise<Model> {
  const parsed = parseModelName(name);
  const access = settings.vendors?.[parsed.vendor] ?? {};
  return vendorModel(name, await languageModel(parsed, access), access.apiKey);
}

async function languageModel({ vendor, model }: ModelName, access: VendorAccess): Promise<LanguageModelV3> {
  const baseURL = access.baseUrl === undefined ? {} : { baseURL: access.baseUrl };
  switch (vendor) {
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI({ ...baseURL, apiKey: keyOf(vendor, access) }).responses(model);
    }
    case 'openai-chat': {
      const { createOpenAI } = await import('@ai-sdk/openai');
      return createOpenAI({ ...baseURL, apiKey: keyOf(vendor, access) }).chat(model);
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic({ ...baseURL, apiKey: keyOf(vendor, access) })(model);
    }
    case 'google': {
      const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
      return createGoogleGenerativeAI({ ...baseURL, apiKey: keyOf(vendor, access) })(model);
    }
    case 'openai-compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
      if (access.baseUrl === undefined) {
        const detail = 'OPENAI_COMPATIBLE_BASE_URL is not set: such as http://localhost:11434/v1';
        throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'OPENAI_COMPATIBLE_BASE_URL'));
      }
      // Servers of one's own seldom ask for a key.
      const apiKey = access.apiKey === undefined ? {} : { apiKey: access.apiKey };
      return createOpenAICompatible({
        name: 'compatible',
        baseURL: access.baseUrl,
        includeUsage: true,
        ...apiKey,
      })(model);
    }
  }
}

function keyOf(vendor: ModelName['vendor'], access: VendorAccess): string {
  if (access.apiKey !== undefined) return access.apiKey;
  throw new BatonError(
    failure('MODEL_ACCESS_DENIED', `${keyVariable(vendor)} is not set`, keyVariable(vendor)),
  );
}
