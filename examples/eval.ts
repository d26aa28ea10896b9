/** `npm run eval -- NAME ...`: measures Baton on data: plays a public data set through a team, or judges detectors. */
import { evalPii } from './evals/pii.ts';
import { evalRouting } from './evals/routing.ts';
import { evalSignals } from './evals/signals.ts';
import { evalSgd } from './evals/sgd.ts';
import { evalTau2Retail } from './evals/tau2-retail.ts';

const EVALS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  pii: evalPii,
  routing: evalRouting,
  sgd: evalSgd,
  signals: evalSignals,
  'tau2-retail': evalTau2Retail,
};

const [name = '', ...args] = process.argv.slice(2);
const run = Object.hasOwn(EVALS, name) ? EVALS[name] : undefined;
if (run) {
  process.exitCode = await run(args);
} else {
  const names = Object.keys(EVALS).join(', ');
  process.stderr.write(
    `There is no eval "${name}". Choose from: ${names}\nnpm run eval -- NAME --data DIR\n`,
  );
  process.exitCode = 2;
}
