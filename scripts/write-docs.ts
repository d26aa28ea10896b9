/** `npm run docs`: writes the pages that are made from the code. A test holds them against it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedPages } from './generated-pages.ts';

for (const [file, text] of Object.entries(generatedPages())) {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}
