/** `npm run train -- intents --data FILE`: trains the example of a learned policy, and says how good it is. */
import { trainCommand } from './intents/train-command.ts';

const [what = '', ...args] = process.argv.slice(2);
if (what === 'intents') {
  process.exitCode = await trainCommand(args);
} else {
  process.stderr.write(
    `There is nothing "${what}" to train. npm run train -- intents --data FILE [--out FILE]\n`,
  );
  process.exitCode = 2;
}
