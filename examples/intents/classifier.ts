import { z } from 'zod';
import type { LearnedPolicy } from '../../activities/signals/learned.ts';
import { digestOf } from '../../contract/digest.ts';

/** A text that a person has labelled. */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

const Model = z.strictObject({
  version: z.literal('1.0.0'),
  labels: z.array(z.string().min(1).max(100)).min(2),
  /** A weight for each label, by character n-gram. */
  weights: z.record(z.string(), z.array(z.number())),
});
/** A trained classifier, as its file has it. */
export type IntentModel = z.output<typeof Model>;

const EPOCHS = 60;
const RATE = 1;
const DECAY = 1e-4;

/**
 * Trains a softmax regression over character n-grams: no words need be known, so it reads every script and the many
 * spellings of Hindi in Latin letters. Deterministic: the same texts in the same order give the same model.
 */
export function trainIntents(texts: readonly LabelledText[]): IntentModel {
  const labels = [...new Set(texts.map((one) => one.label))].toSorted();
  const weights = new Map<string, number[]>();
  const samples = texts.map(({ text, label }) => ({ grams: gramsOf(text), label: labels.indexOf(label) }));
  for (const { grams } of samples)
    for (const gram of grams)
      weights.set(
        gram,
        labels.map(() => 0),
      );
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const rate = RATE / (1 + epoch / 10);
    for (const { grams, label } of samples) {
      const share = 1 / Math.sqrt(grams.length || 1);
      const chances = chancesOf(grams, labels, (gram) => weights.get(gram));
      for (const gram of grams) {
        const row = weights.get(gram) ?? [];
        weights.set(
          gram,
          row.map((weight, index) => {
            const error = (index === label ? 1 : 0) - (chances[index] ?? 0);
            return weight + rate * (error * share - DECAY * weight);
          }),
        );
      }
    }
  }
  const rounded = [...weights].map(
    ([gram, row]) => [gram, row.map((one) => Math.round(one * 1e4) / 1e4)] as const,
  );
  return { version: '1.0.0', labels, weights: Object.fromEntries(rounded) };
}

/** The likeliest label of a text, and how likely it is. */
export function classify(
  model: IntentModel,
  text: string,
): { readonly label: string; readonly confidence: number } {
  const chances = chancesOf(gramsOf(text), model.labels, (gram) =>
    Object.hasOwn(model.weights, gram) ? model.weights[gram] : undefined,
  );
  const best = chances.indexOf(Math.max(...chances));
  return { label: model.labels[best] ?? '', confidence: Math.round((chances[best] ?? 0) * 1e3) / 1e3 };
}

/**
 * Reads a model.
 * @throws a ZodError for what is none
 */
export function parseIntents(value: unknown): IntentModel {
  return Model.parse(value);
}

/** A model as a learned policy. */
export function learnedIntents(model: IntentModel): LearnedPolicy {
  return {
    name: `intents@${digestOf(model).slice(0, 8)}`,
    propose: ({ text }) => Promise.resolve(classify(model, text)),
  };
}

function chancesOf(
  grams: readonly string[],
  labels: readonly string[],
  weightsOf: (gram: string) => readonly number[] | undefined,
): readonly number[] {
  const share = 1 / Math.sqrt(grams.length || 1);
  const scores = labels.map(() => 0);
  for (const gram of grams)
    for (const [index, weight] of (weightsOf(gram) ?? []).entries())
      scores[index] = (scores[index] ?? 0) + weight * share;
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, one) => sum + one, 0);
  return powers.map((one) => one / total);
}

/** Runs of two to four characters inside words, their edges included, each once. */
function gramsOf(text: string): readonly string[] {
  const words =
    text
      .slice(0, 2_000)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const grams = words.flatMap((word) => {
    const letters = Array.from(`_${word}_`);
    return [2, 3, 4].flatMap((length) =>
      letters
        .slice(0, Math.max(0, letters.length - length + 1))
        .map((_, at) => letters.slice(at, at + length).join('')),
    );
  });
  return [...new Set(grams)];
}
