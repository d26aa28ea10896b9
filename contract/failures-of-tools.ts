import { entry, type FailureEntry } from './failure-entry.ts';

const ENTRIES = {
  MCP_UNREACHABLE: entry(
    'the MCP server cannot be reached',
    true,
    'operator',
    'start it, and look at its address, command and credentials',
  ),
  MCP_PINS_INVALID: entry(
    'this is no file of pinned MCP tools',
    false,
    'developer',
    'write it with `baton mcp pin`, and do not change it by hand',
  ),
  MCP_TOOL_CHANGED: entry(
    'the MCP server offers another tool than the one that was pinned',
    false,
    'developer',
    'look at the change with `baton mcp check`; where it is wanted, pin the server again',
  ),
  TOOL_RATE_LIMITED: entry(
    'the tool was called as often as it may be',
    true,
    'retry',
    'nothing: the case waits for its turn; raise `rate` of the tool if cases wait for long',
  ),
} as const satisfies Record<string, FailureEntry>;

/** Failures of tools: of their rates, and of servers of the Model Context Protocol. */
export function failuresOfTools(): typeof ENTRIES {
  return ENTRIES;
}
