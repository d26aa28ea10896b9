import type { Command } from 'commander';
import type { OpenInput } from '../../client/index.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { JsonObject } from '../../contract/json.ts';
import { CONTRACT_VERSION } from '../../contract/versions.ts';
import { newMessageId, parseJsonObject, readJson, textArgument } from '../input.ts';
import { inert } from '../output/inert.ts';
import type { CommonOptions, Running } from '../run-command.ts';
import { onServer, withServerOptions } from '../run-command.ts';

interface OpenOptions extends CommonOptions {
  readonly file?: string;
  readonly caseId?: string;
  readonly team?: string;
  readonly task?: string;
  readonly message?: string;
  readonly messageId?: string;
  readonly facts?: string;
  readonly userId?: string;
  readonly locale?: string;
  readonly channel?: string;
  readonly openedBy?: string;
  readonly humanOnly?: boolean;
  readonly deadline?: string;
  readonly budgetUsd?: string;
  readonly allow?: readonly string[];
  readonly policy?: readonly string[];
  readonly acceptance?: readonly string[];
}

/** `baton open` */
export function addOpen(program: Command, running: Running): void {
  withServerOptions(program.command('open'))
    .description('open a case, from options or from a file')
    .option('--file <file>', 'JSON of the case, `-` for standard input; instead of the options below')
    .option('--case-id <id>', 'id of the case; the same open again under it joins the case')
    .option('--team <name>', 'team that takes the case')
    .option('--task <text>', 'what the case is for')
    .option('--message <text>', 'first message of the user, `-` for standard input')
    .option('--message-id <id>', 'id of that message')
    .option('--facts <json>', 'facts known at the start, a JSON object')
    .option('--user-id <id>', 'id of the user')
    .option('--locale <tag>', 'language of the user, BCP 47')
    .option('--channel <name>', 'where the user speaks')
    .option('--opened-by <id>', 'who opens the case')
    .option('--deadline <instant>', 'when the case should be done, ISO 8601')
    .option('--budget-usd <number>', 'what the case may cost, in US dollars')
    .option('--allow <action>', 'an action that is allowed; may be given again', listed)
    .option('--policy <text>', 'a policy to be kept; may be given again', listed)
    .option('--acceptance <text>', 'what must hold when it is done; may be given again', listed)
    .option('--human-only', 'the user deals with people only')
    .action((options: OpenOptions) =>
      onServer(running, options, async (baton) => {
        const input = await inputOf(running, options);
        const opened = await baton.open(
          input,
          options.caseId === undefined ? {} : { caseId: options.caseId },
        );
        const how = opened.joined ? 'joined' : 'opened';
        return { json: opened, text: `${how} ${inert(opened.caseId)}\n  trace ${opened.trace}\n` };
      }),
    );
}

async function inputOf(running: Running, options: OpenOptions): Promise<OpenInput> {
  const { file, team, task, message } = options;
  if (file !== undefined) {
    if (team !== undefined || task !== undefined || message !== undefined) {
      throw new BatonError(
        failure('INPUT_INVALID', 'a case comes from --file or from options, not both', 'file'),
      );
    }
    const value = await readJson(running.host, file, 'file');
    // Unlike a call of the client, a file outlives the release it was written for: it must say its version.
    const hasVersion = typeof value !== 'object' || value === null || 'version' in value;
    return (hasVersion ? value : { version: undefined, ...value }) as OpenInput;
  }
  const text = message === undefined ? undefined : await textArgument(running.host, message);
  const facts: JsonObject = options.facts === undefined ? {} : parseJsonObject(options.facts, '--facts');
  const { userId, locale, channel, openedBy, humanOnly } = options;
  return {
    version: CONTRACT_VERSION,
    team,
    task: taskOf(options, task ?? text),
    facts,
    ...(text === undefined ? {} : { message: { id: options.messageId ?? newMessageId(), text, locale } }),
    ...(userId === undefined && locale === undefined ? {} : { user: { id: userId, locale } }),
    ...(locale === undefined ? {} : { locale }),
    ...(channel === undefined ? {} : { channel }),
    ...(openedBy === undefined ? {} : { openedBy }),
    ...(humanOnly === undefined ? {} : { humanOnly }),
  } as OpenInput;
}

/** One more of an option that may be given again. */
function listed(one: string, before: readonly string[] = []): readonly string[] {
  return [...before, one];
}

/** The task as its schema will judge it: what is no number or no instant is refused there, by name. */
function taskOf(
  { deadline, budgetUsd, allow, policy, acceptance }: OpenOptions,
  definition: string | undefined,
): JsonObject {
  const constraints = {
    ...(deadline === undefined ? {} : { deadline }),
    ...(budgetUsd === undefined
      ? {}
      : { budgetUsd: budgetUsd.trim() === '' ? budgetUsd : Number(budgetUsd) }),
    ...(allow ? { allowedActions: allow } : {}),
    ...(policy ? { policies: policy } : {}),
  };
  return {
    ...(definition === undefined ? {} : { definition }),
    ...(Object.keys(constraints).length > 0 ? { constraints } : {}),
    ...(acceptance ? { acceptance } : {}),
  };
}
