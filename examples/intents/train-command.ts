import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { isBatonError } from '../../contract/failures.ts';
import { invalidOption, misread } from '../evals/command-line.ts';
import { classify, trainIntents, type LabelledText } from './classifier.ts';

const USAGE = `Usage: npm run train -- intents --data FILE [--out FILE] [--json]
  --data FILE  labelled messages as JSON Lines: { "text", "label" }
  --out FILE   where the model goes; .baton/intents.json when absent
  --json       what came of it as one object`;

const Line = z.object({ text: z.string().min(1).max(4_000), label: z.string().min(1).max(100) });
/** Every so manyth message of a label is held out. */
const FOLD = 5;

/** How a model does on texts it was not trained on. */
export interface HeldOut {
  readonly tested: number;
  readonly right: number;
  /** Those of which it was sure by 0.6 and more, and how many of these were right. */
  readonly sure: number;
  readonly sureAndRight: number;
}

/**
 * Judges training on one part and testing on the other, each part once: every text is held out by turns.
 */
export function heldOutFigures(texts: readonly LabelledText[]): HeldOut {
  const seen = new Map<string, number>();
  const folds = texts.map(({ label }) => {
    const count = seen.get(label) ?? 0;
    seen.set(label, count + 1);
    return count % FOLD;
  });
  const judged = Array.from({ length: FOLD }, (_, fold) => {
    const model = trainIntents(texts.filter((_text, index) => folds[index] !== fold));
    return texts
      .filter((_text, index) => folds[index] === fold)
      .map(({ text, label }) => {
        const found = classify(model, text);
        return { right: found.label === label, sure: found.confidence >= 0.6 };
      });
  }).flat();
  return {
    tested: judged.length,
    right: judged.filter((one) => one.right).length,
    sure: judged.filter((one) => one.sure).length,
    sureAndRight: judged.filter((one) => one.sure && one.right).length,
  };
}

/**
 * `npm run train -- intents ...`
 * @returns the exit code: 0 when a model was written, 2 for bad input
 */
export async function trainCommand(args: readonly string[]): Promise<number> {
  try {
    const { data, out, json } = optionsOf(args);
    const texts = parseTexts(
      await readFile(data, 'utf8').catch((thrown: unknown) => {
        throw invalidOption('--data', thrown instanceof Error ? thrown.message : String(thrown));
      }),
    );
    const figures = heldOutFigures(texts);
    const model = trainIntents(texts);
    await mkdir(path.dirname(out), { recursive: true });
    await writeFile(out, JSON.stringify(model));
    const told = { texts: texts.length, labels: model.labels, heldOut: figures, out };
    process.stdout.write(json ? `${JSON.stringify(told)}\n` : inWords(told));
    return 0;
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return isBatonError(thrown) && thrown.code === 'INPUT_INVALID' ? 2 : 1;
  }
}

function optionsOf(args: readonly string[]): {
  readonly data: string;
  readonly out: string;
  readonly json: boolean;
} {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { data: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } },
    });
    const { data, out = '.baton/intents.json', json = false } = values;
    if (data === undefined) throw new Error('--data is missing');
    return { data, out, json };
  } catch (thrown) {
    throw misread(thrown, USAGE);
  }
}

function parseTexts(content: string): readonly LabelledText[] {
  const texts = content.split(/\r?\n/).flatMap((line, index): LabelledText[] => {
    if (line.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw invalidOption('--data', `line ${String(index + 1)} is not JSON`);
    }
    const parsed = Line.safeParse(value);
    if (parsed.success) return [parsed.data];
    throw invalidOption('--data', `line ${String(index + 1)}: ${z.prettifyError(parsed.error)}`);
  });
  if (new Set(texts.map((one) => one.label)).size < 2)
    throw invalidOption('--data', 'a classifier needs texts of two labels at least');
  return texts;
}

function inWords(told: {
  readonly texts: number;
  readonly labels: readonly string[];
  readonly heldOut: HeldOut;
  readonly out: string;
}): string {
  const { tested, right, sure, sureAndRight } = told.heldOut;
  return (
    `${String(told.texts)} texts, labels ${told.labels.join(', ')}\n` +
    `held out: ${String(right)} of ${String(tested)} right; sure of ${String(sure)}, ${String(sureAndRight)} of them right\n` +
    `model in ${told.out}\n`
  );
}
