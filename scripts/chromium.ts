/** Chromium for tests that look at pages as a person does: an installed one, else Debian's package. */
import { progressOnStandardError, type Environment, type Progress } from './cache.ts';
import { installPackage } from './debian-package.ts';
import { onPath } from './run.ts';
import { failed, firstThatWorks, found, type Attempt } from './ways.ts';

/** Names under which distributions install it. */
const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium. Throws `CHROMIUM_UNAVAILABLE` naming every way tried. */
export async function ensureChromium(
  options: { readonly environment?: Environment; readonly progress?: Progress } = {},
): Promise<string> {
  const environment = options.environment ?? process.env;
  const progress = options.progress ?? progressOnStandardError;
  return firstThatWorks({
    code: 'CHROMIUM_UNAVAILABLE',
    problem: 'There is no Chromium to use, and none could be installed.',
    ways: [
      {
        name: `${programs.join(' or ')} on the PATH`,
        attempt: () => Promise.resolve(installed(environment)),
      },
      {
        name: 'apt-get install chromium',
        attempt: async () =>
          (await installPackage('chromium', environment, progress)) ?? installed(environment),
      },
    ],
    remedies: ['install Chromium (Debian: apt-get install chromium) so that it is found on the PATH'],
  });
}

function installed(environment: Environment): Attempt {
  for (const program of programs) {
    const file = onPath(program, environment);
    if (file !== undefined) return found(file);
  }
  return failed('not found');
}

/** Why none can be had on this machine, as far as can be told without trying; undefined when one can. */
export function whyNoChromium(environment: Environment = process.env): string | undefined {
  if (installed(environment).kind === 'found') return undefined;
  if (onPath('apt-get', environment) === undefined)
    return 'no Chromium on the PATH, and no apt-get to install one';
  if (process.getuid?.() !== 0) return 'no Chromium on the PATH, and only root can install one';
  return undefined;
}
