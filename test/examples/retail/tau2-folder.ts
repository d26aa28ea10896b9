import { existsSync } from 'node:fs';
import path from 'node:path';

const candidates = [process.env['BATON_DATA'], path.resolve('../shared/data')].flatMap((root) =>
  root === undefined ? [] : [path.join(root, 'tau2-retail'), root],
);

/** The tau2-retail folder on this machine, if there is one: third-party data is not part of the project. */
const tau2Folder = candidates.find((folder) => existsSync(path.join(folder, 'oracle.json')));

/** Describes tests over that data; skipped with the reason in their name where the folder is absent. */
export function describeOnTau2(name: string, tests: (folder: string) => void): void {
  if (tau2Folder !== undefined) {
    describe(name, () => tests(tau2Folder));
    return;
  }
  describe.skip(`${name} (skipped: no tau2-retail folder; set BATON_DATA to the folder that holds it)`, () => {
    it('needs the data', () => tests(''));
  });
}
