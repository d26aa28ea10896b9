import { Command, CommanderError } from 'commander';
import { addAgents } from './agents/agents.ts';
import { addBudgets, addRates } from './budgets/budgets.ts';
import { addOpen } from './cases/open.ts';
import { addList, addShow, addStatus, addTranscript, addWatch } from './cases/look.ts';
import { addAskForHuman, addCancel, addFeedback, addSay } from './cases/speak.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import { addReconcile } from './ledger/reconcile.ts';
import { addVerify } from './ledger/verify.ts';
import { addReport } from './outcomes/report.ts';
import { addMcp } from './mcp/mcp.ts';
import { addDeadLetters, addDiscard, addRedrive } from './people/dead-letters.ts';
import { addDecide } from './people/decide.ts';
import { addPeople } from './people/directory.ts';
import {
  addClaim,
  addGiveBack,
  addReassign,
  addRelease,
  addReply,
  addResolve,
  addTakeOver,
  addWhisper,
} from './people/hold.ts';
import { addUnmask } from './people/unmask.ts';
import { addReviews } from './people/reviews.ts';
import { addErase, addExpire, addExport } from './persons/persons.ts';
import { addPolicy } from './policy/policy.ts';
import { addReplay } from './replay/replay.ts';
import { addSchema } from './schemas/schema.ts';
import { addCodec } from './security/codec.ts';
import { addKeys } from './security/keys.ts';
import { addServe } from './service/serve.ts';
import { addSimulate } from './simulation/simulate.ts';
import { addTickets } from './tickets/tickets.ts';
import { addWebhooks } from './webhooks/webhooks.ts';
import type { Running } from './run-command.ts';
import { tellFailure, UsageError } from './run-command.ts';

const EXIT_CODES = `
Exit codes: 0 done; 1 refused, or something was found to be wrong; 2 wrong usage or input, nothing was sent;
3 no server, worker or store answers.`;

/** The `baton` command over a host. */
function createProgram(running: Running): Command {
  const { host } = running;
  const program = new Command('baton')
    .description('Durable handoffs between agents: open cases, speak, look, decide, verify, replay')
    .showHelpAfterError('(see --help)')
    .addHelpText('after', EXIT_CODES);
  for (const add of [
    ...[addOpen, addSay, addAskForHuman, addStatus, addShow, addList, addTranscript, addWatch],
    ...[addReviews, addDecide, addClaim, addReply, addGiveBack, addResolve],
    ...[addRelease, addReassign, addTakeOver, addWhisper],
    ...[
      addDeadLetters,
      addRedrive,
      addDiscard,
      addUnmask,
      addCancel,
      addFeedback,
      addVerify,
      addReconcile,
      addReplay,
    ],
    ...[addExport, addErase, addExpire, addCodec, addKeys, addPolicy, addPeople, addSchema],
    ...[addMcp, addServe, addAgents, addSimulate, addWebhooks, addTickets, addReport],
    ...[addBudgets, addRates],
  ]) {
    add(program, running);
  }
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        host.write(text);
      },
      // Told once, by whoever catches it: as JSON where that was asked for.
      writeErr: () => undefined,
    });
  }
  return program;
}

/**
 * Runs one command line and resolves with the exit code; see {@link EXIT}.
 * @param words the arguments after `baton`
 */
export async function runBaton(words: readonly string[], host: Host): Promise<number> {
  let exitCode: number = EXIT.ok;
  const running: Running = {
    host,
    end: (code) => {
      exitCode = code;
    },
  };
  const json = words.includes('--json');
  try {
    await createProgram(running).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return tellFailure(host, thrown, json);
    if (thrown.exitCode === 0) return EXIT.ok;
    const message = thrown.message.replace(/^error: /, '').split('\n')[0] ?? '';
    // Help was asked for in effect, by giving no command at all.
    const what = thrown.code === 'commander.help' ? 'name a command' : message;
    return tellFailure(host, new UsageError(`${what} (see baton --help)`), json);
  }
}
