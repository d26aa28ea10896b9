import { runInThisContext } from 'node:vm';
import path from 'node:path';

const packages = path.resolve(import.meta.dirname, '../../../node_modules');

/**
 * A file of a package as Node itself loads it, once a process. Jest loads every module anew for each test file: tables of
 * megabytes, which nobody changes, would be read hundreds of times.
 * @param file below `node_modules`
 */
export function loadedOnce(file: string): unknown {
  // Outside of the file's own context: there, `process` is a copy of Jest's, whose modules are Jest's, too.
  const host = runInThisContext('process') as NodeJS.Process;
  const { createRequire } = host.getBuiltinModule('node:module');
  return createRequire(path.join(packages, 'any.js'))(path.join(packages, file));
}
