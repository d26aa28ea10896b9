import type { FailureCode } from '../contract/failures.ts';

/** What the exit code of a command says to a script. */
export const EXIT = {
  ok: 0,
  /** The case or the server refused, or something was found to be wrong (`verify`, `replay`). */
  refused: 1,
  /** What was typed or handed in is wrong; nothing was sent. */
  usage: 2,
  /** Nobody there: no server, no worker, no store. The same command may work later. */
  unreachable: 3,
} as const;

const BY_CODE: Partial<Record<FailureCode, number>> = {
  INPUT_INVALID: EXIT.usage,
  INPUT_TOO_LARGE: EXIT.usage,
  VERSION_UNSUPPORTED: EXIT.usage,
  CONFIGURATION_INVALID: EXIT.usage,
  POLICY_INVALID: EXIT.usage,
  SCHEMA_UNKNOWN: EXIT.usage,
  DIRECTORY_INVALID: EXIT.usage,
  HISTORY_UNREADABLE: EXIT.usage,
  MCP_PINS_INVALID: EXIT.usage,
  MCP_UNREACHABLE: EXIT.unreachable,
  SERVER_UNREACHABLE: EXIT.unreachable,
  NO_WORKER: EXIT.unreachable,
  STORE_UNAVAILABLE: EXIT.unreachable,
};

/** The exit code of a failure. */
export function exitCodeOf(code: FailureCode): number {
  return BY_CODE[code] ?? EXIT.refused;
}
