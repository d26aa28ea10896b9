/** `npm run docs`: writes the pages that are made from the code. A test holds them against it. */
import { writeFile } from 'node:fs/promises';
import { generatedPages } from './generated-pages.ts';

for (const [path, text] of Object.entries(generatedPages())) await writeFile(path, text);
