#!/usr/bin/env node
// The `baton` command: the built form where there is one, otherwise the sources through tsx (a checkout).
import { existsSync } from 'node:fs';

const built = new URL('../dist/command/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  // Registered for the whole process: workers, which `simulate` starts, require their converters by path.
  const loader = 'tsx';
  await import(loader);
  await import(new URL('../command/main.ts', import.meta.url).href);
}
