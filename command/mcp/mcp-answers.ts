import { writeFile } from 'node:fs/promises';
import { BatonError, failure } from '../../contract/failures.ts';
import { connectMcp, type McpOffers } from '../../mcp/connection.ts';
import type { McpLocation } from '../../mcp/location.ts';
import { compareOffers, pinOffers, readMcpPins } from '../../mcp/pins.ts';
import { EXIT } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { inert } from '../output/inert.ts';
import { table } from '../output/table.ts';
import { UsageError, type Answer } from '../run-command.ts';
import type { McpOptions } from './mcp.ts';

/** How a command line names a server. */
interface Asked {
  readonly words: readonly string[];
  readonly options: McpOptions;
  readonly environment: Host['environment'];
}

/** Pins what a server offers now. @throws BatonError `MCP_UNREACHABLE`, `CONFIGURATION_INVALID` for the file */
export async function writePins(file: string, asked: Asked): Promise<Answer> {
  const { server, tools } = await offersOf(asked);
  const pins = pinOffers(server, tools);
  try {
    await writeFile(file, `${JSON.stringify(pins, null, 2)}\n`);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('CONFIGURATION_INVALID', reason, 'file'), { cause: thrown });
  }
  const rows = Object.entries(pins.tools).map(([name, { description }]) => [inert(name), inert(description)]);
  return {
    json: { file, server, tools: Object.keys(pins.tools) },
    text: `pinned ${String(rows.length)} tools of ${inert(server.name)} ${inert(server.version)} in ${file}\n${table(['tool', 'says'], rows)}`,
  };
}

/** Holds what a server offers against a file. @throws BatonError `MCP_UNREACHABLE`, `MCP_PINS_INVALID` */
export async function checkPins(file: string, asked: Asked): Promise<Answer> {
  const pins = readMcpPins(file);
  const differences = compareOffers(pins, (await offersOf(asked)).tools);
  const { changed, gone, added } = differences;
  const asPinned = changed.length + gone.length === 0;
  const lines = [
    ...changed.map((name) => `changed ${name}: refused until it is pinned again`),
    ...gone.map((name) => `gone    ${name}: refused`),
    ...added.map((name) => `new     ${name}: nobody can call it`),
    asPinned ? 'what is pinned is offered, unchanged' : 'the server is not as it was pinned',
  ];
  return {
    json: { file, asPinned, ...differences },
    text: `${lines.map(inert).join('\n')}\n`,
    exitCode: asPinned ? EXIT.ok : EXIT.refused,
  };
}

async function offersOf(asked: Asked): Promise<McpOffers> {
  const connection = connectMcp(locationOf(asked));
  try {
    return await connection.offers();
  } finally {
    await connection.close();
  }
}

function locationOf({ words, options, environment }: Asked): McpLocation {
  const [command, ...args] = words;
  if ((command === undefined) === (options.url === undefined))
    throw new UsageError('name the server: --url URL, or -- COMMAND ARGUMENTS; one of them');
  if (command !== undefined) {
    if (options.header !== undefined) throw new UsageError('--header goes with --url');
    return { kind: 'stdio', command, args };
  }
  const url = options.url ?? '';
  if (!URL.canParse(url) || !/^https?:/i.test(url))
    throw new UsageError(
      `--url takes an address such as https://tools.example/mcp, not ${JSON.stringify(url)}`,
    );
  const headers = Object.fromEntries((options.header ?? []).map((word) => headerOf(word, environment)));
  return { kind: 'http', url, headers: () => headers };
}

/** Values come from variables: what is typed stands in the shell's history. */
function headerOf(word: string, environment: Host['environment']): [string, string] {
  const [, name, variable] = /^([\w-]+)=(\w+)$/.exec(word) ?? [];
  const value = variable === undefined ? undefined : environment[variable];
  if (name === undefined || variable === undefined)
    throw new UsageError('--header takes NAME=VARIABLE, such as authorization=TICKETS_TOKEN');
  if (value === undefined) throw new UsageError(`--header ${name}: the variable ${variable} is not set`);
  return [name, value];
}
