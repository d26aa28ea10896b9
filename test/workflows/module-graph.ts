import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '../..');

/** A module of ours, by its path from the project's root, and the packages that it imports itself. */
export interface SourceModule {
  readonly file: string;
  readonly packages: readonly string[];
}

/** Statements that bring a module in at run time; those of types alone do not. */
const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^;]*?\sfrom\s+)?'([^']+)'/gm;

/** Every module that a module brings in at run time, itself included. */
export function moduleGraph(...entries: readonly string[]): readonly SourceModule[] {
  const known = new Map<string, SourceModule>();
  const visit = (file: string): void => {
    if (known.has(file)) return;
    const source = readFileSync(path.join(root, file), 'utf8');
    const names = [...source.matchAll(IMPORT)].map((match) => String(match[1]));
    const packages = names.filter((name) => !name.startsWith('.'));
    known.set(file, { file, packages });
    for (const name of names) if (name.startsWith('.')) visit(path.join(path.dirname(file), name));
  };
  for (const entry of entries) visit(entry);
  return [...known.values()];
}

/** What a module of ours exports. */
export async function exportsOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(pathToFileURL(path.join(root, file)).href)) as Readonly<Record<string, unknown>>;
}
