import { EXIT } from './exit-codes.ts';
import { processHost } from './host.ts';
import { inertLines } from './output/inert.ts';
import { runBaton } from './program.ts';

const host = processHost();
process.exitCode = await runBaton(process.argv.slice(2), host).catch((thrown: unknown) => {
  // Not a failure of the catalogue: a fault of Baton's own, told with its place.
  host.writeError(
    `baton: unexpected: ${inertLines(thrown instanceof Error ? String(thrown.stack) : '', '  ')}\n`,
  );
  return EXIT.refused;
});
