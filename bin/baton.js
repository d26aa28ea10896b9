#!/usr/bin/env node
// The `baton` command: the built form where there is one, otherwise the sources through tsx (a checkout).
import { existsSync } from 'node:fs';

const built = new URL('../dist/command/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  const { tsImport } = await import('tsx/esm/api');
  await tsImport('../command/main.ts', import.meta.url);
}
