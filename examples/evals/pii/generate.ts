/** Writes `labelled.jsonl` beside itself: `npx tsx examples/evals/pii/generate.ts`. The same seed, the same file. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labelledLines } from './labelled-lines.ts';

writeFileSync(fileURLToPath(new URL('labelled.jsonl', import.meta.url)), labelledLines());
