import { BatonError, failure } from '../../contract/failures.ts';
import { MODELS_PER_AGENT } from '../../contract/limits.ts';
import type { Model } from './model.ts';
import { modelsInSettings, parseModelName, type ModelSettings } from './model-settings.ts';
import { openModel } from './open-model.ts';

/** One model of a list: known by its name before it is opened. */
export interface ListedModel {
  readonly name: string;
  /** @throws BatonError `MODEL_ACCESS_DENIED` where its key is not set */
  readonly open: () => Promise<Model>;
}

/** The models of an agent, as its author lists them. */
export interface ModelList {
  readonly names: readonly string[];
  /**
   * The models to ask, in order: those that the worker's settings name, else those that the case began with, else the
   * author's (A6, H11).
   * @param pinned those in the manifest of the case
   */
  readonly choose: (settings: ModelSettings, pinned: readonly string[] | undefined) => readonly ListedModel[];
}

/**
 * Reads the list of an agent's models.
 * @throws BatonError `CONFIGURATION_INVALID` for a name that is none, one that is there twice, and too many
 */
export function listModels(agent: string, written: readonly (string | Model)[]): ModelList {
  const own = new Map(written.map((one) => (typeof one === 'string' ? [one, undefined] : [one.name, one])));
  for (const [name, model] of own) if (!model) parseModelName(name);
  if (own.size < written.length || own.size > MODELS_PER_AGENT) {
    const detail = `${agent} lists ${String(written.length)} models; at most ${String(MODELS_PER_AGENT)}, each once`;
    throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'fallback'));
  }
  const opened = new WeakMap<ModelSettings, Map<string, Promise<Model>>>();
  const listed = (name: string, settings: ModelSettings): ListedModel => ({
    name,
    open: () => {
      const known = opened.get(settings) ?? new Map<string, Promise<Model>>();
      opened.set(settings, known);
      const model = known.get(name) ?? Promise.resolve(own.get(name) ?? openModel(name, settings));
      known.set(name, model);
      return model;
    },
  });
  const names = [...own.keys()];
  return {
    names,
    choose: (settings, pinned = names) => {
      // Whoever brings a model of their own means that one.
      const set = own.get(names[0] ?? '') ? undefined : modelsInSettings(settings, agent);
      // A model of somebody's own, which this build does not have any more, nobody can open by its name.
      const kept = pinned.filter((name) => own.has(name) || isVendors(name));
      const chosen = set ?? (kept.length > 0 ? kept : names);
      return chosen.map((name) => listed(name, settings));
    },
  };
}

function isVendors(name: string): boolean {
  try {
    parseModelName(name);
    return true;
  } catch {
    return false;
  }
}
