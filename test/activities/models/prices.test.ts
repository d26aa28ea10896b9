import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  modelsInSettings,
  modelSettingsOf,
  parseModelName,
} from '../../../activities/models/model-settings.ts';
import { PRICE_TABLE, pricingOf } from '../../../activities/models/prices.ts';

test.each([
  ['openai:gpt-4.1-mini', { input: 1_000, output: 100 }, 560],
  ['openai-chat:gpt-4.1-mini', { input: 1_000, output: 100 }, 560],
  ['anthropic:claude-sonnet-4-5', { input: 1_000, output: 100 }, 4_500],
  ['anthropic:claude-sonnet-4-5', { input: 1_000, output: 100, cacheRead: 900 }, 2_070],
  ['google:gemini-2.5-flash', { input: 1, output: 1 }, 3],
])('%s costs what the table says', async (name, tokens, microUsd) => {
  const pricing = await pricingOf(name, {});
  expect(pricing?.source).toBe(PRICE_TABLE);
  expect(pricing?.costOf(tokens)).toBe(microUsd);
});

test('a model costs the same however often it is asked for, and no other one costs it', async () => {
  const costs = async (name: string): Promise<number | undefined> =>
    (await pricingOf(name, {}))?.costOf({ input: 1_000, output: 100 });
  expect(await costs('openai:gpt-4.1-mini')).toBe(560);
  expect(await costs('openai:gpt-4.1')).toBe(2_800);
  expect(await costs('openai:gpt-4.1-mini')).toBe(560);
  // Sold by another vendor, or by nobody.
  expect(await costs('google:gpt-4.1-mini')).toBeUndefined();
});

test('the table is named by the release that is installed', async () => {
  const file = path.resolve(import.meta.dirname, '../../../node_modules/@pydantic/genai-prices/package.json');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { readonly version: string };
  expect(PRICE_TABLE).toBe(`genai-prices ${version}`);
});

test('a price of one’s own goes before the table, and nobody’s model has none', async () => {
  const settings = modelSettingsOf({
    BATON_MODEL_PRICES: 'openai:gpt-4.1-mini=1/2,openai-compatible:llama3.1:8b=0/0',
  });
  expect((await pricingOf('openai:gpt-4.1-mini', settings))?.costOf({ input: 10, output: 10 })).toBe(30);
  expect(
    (await pricingOf('openai-compatible:llama3.1:8b', settings))?.costOf({ input: 10, output: 10 }),
  ).toBe(0);
  expect(await pricingOf('openai-compatible:another', settings)).toBeUndefined();
  expect(await pricingOf('openai:no-such-model', settings)).toBeUndefined();
});

test('settings name models by agent, with one for all others', () => {
  const settings = modelSettingsOf({
    BATON_MODELS:
      'billing=anthropic:claude-sonnet-4-5|google:gemini-2.5-flash, *=openai-compatible:llama3.1:8b',
    OPENAI_COMPATIBLE_BASE_URL: 'http://localhost:11434/v1',
    OPENAI_API_KEY: '',
  });
  expect(modelsInSettings(settings, 'billing')).toEqual([
    'anthropic:claude-sonnet-4-5',
    'google:gemini-2.5-flash',
  ]);
  expect(modelsInSettings(settings, 'triage')).toEqual(['openai-compatible:llama3.1:8b']);
  expect(modelsInSettings({}, 'triage')).toBeUndefined();
  expect(settings.vendors).toMatchObject({
    'openai-compatible': { baseUrl: 'http://localhost:11434/v1' },
    openai: {},
  });
  expect(parseModelName('openai-compatible:llama3.1:8b')).toEqual({
    vendor: 'openai-compatible',
    model: 'llama3.1:8b',
  });
});

test.each([
  [{ BATON_MODELS: 'billing' }, 'BATON_MODELS'],
  [{ BATON_MODELS: 'billing=gpt-4.1' }, 'gpt-4.1'],
  [{ BATON_MODELS: 'billing=nobody:gpt-4.1' }, 'nobody:gpt-4.1'],
  [{ BATON_MODELS: 'billing=openai:gpt-4.1|gpt-5' }, 'gpt-5'],
  [{ BATON_MODEL_PRICES: 'openai:x=cheap' }, 'BATON_MODEL_PRICES'],
  [{ BATON_MODEL_PRICES: 'openai:x=1' }, 'BATON_MODEL_PRICES'],
  [{ BATON_MODEL_PRICES: 'openai:x=-1/2' }, 'BATON_MODEL_PRICES'],
])('%j is refused by name', (environment, words) => {
  expect(() => modelSettingsOf(environment as Record<string, string>)).toThrow(words);
});
