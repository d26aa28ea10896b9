import { Context } from '@temporalio/activity';
import { applicationFailure } from '../../contract/application-failure.ts';
import { failure, failureEntry, isBatonError } from '../../contract/failures.ts';
import { getOwn } from '../../contract/json.ts';
import { isPoison, poisonFailure } from '../../contract/poison.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import type { TicketDesk, TicketDesks } from '../../contract/tickets/desks.ts';
import type { TicketActivities } from '../../contract/tickets/mirror.ts';
import { classifyFailure } from '../classify-failure.ts';
import { createSender } from '../outside/send.ts';
import type { CaseDoor } from './case-door.ts';
import { mirrorRound } from './round.ts';
import { openTicketSystem, TicketSystemError } from './ticket-system.ts';

/** What the mirroring of tickets works with. */
export interface TicketDependencies {
  readonly desks: TicketDesks;
  /** The token of each desk's account. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly ledger: Pick<LedgerStore, 'read'>;
  readonly door: CaseDoor;
}

const ANSWER_BYTES = 8 * 1_048_576;
const LONGEST_PAUSE_MS = 86_400_000;
/** Up to a tenth more, so that what failed together does not come back together. */
const JITTER = 0.1;

/** The activity that keeps cases and their tickets alike. */
export function createTicketActivities(dependencies: TicketDependencies): TicketActivities {
  const { desks, tokens, ledger, door } = dependencies;
  const send = createSender({
    allowedHosts: desks.allowedHosts,
    answerBytes: ANSWER_BYTES,
    keepsAnswers: true,
  });
  const accounts = new Map<string, number>();
  return {
    'mirror-ticket': async (input) => {
      if (isPoison(input)) throw applicationFailure(poisonFailure(input), { retryable: true });
      const context = Context.current();
      const { cancellationSignal: signal, info } = context;
      const desk = getOwn(desks.desks, input.desk);
      const token = getOwn(tokens, input.desk);
      if (!desk || token === undefined)
        throw applicationFailure(failure('TICKET_DESK_UNKNOWN', input.desk, 'desk'));
      const onRequest = (): void => {
        context.heartbeat();
      };
      try {
        const system = openTicketSystem({ desk, token, send, signal, onRequest });
        const own = accounts.get(input.desk) ?? (await system.whoAmI());
        accounts.set(input.desk, own);
        return await mirrorRound({ input, desk, own, system, ledger, door });
      } catch (thrown) {
        throw failedMirroring(thrown, desk, info.attempt, signal);
      }
    },
  };
}

/** What another attempt may mend is tried again after the pauses of the desk, or later where the system asks for it. */
function failedMirroring(thrown: unknown, desk: TicketDesk, attempt: number, signal: AbortSignal): Error {
  if (!isBatonError(thrown) || signal.aborted)
    return classifyFailure(thrown, { retry: [], human: [], signal });
  const { code, message, field } = thrown;
  const what = { code, message, ...(field === undefined ? {} : { field }) };
  const pause = desk.pausesSeconds[attempt - 1];
  if (!failureEntry(code).retryable || pause === undefined) return applicationFailure(what);
  const asked = thrown instanceof TicketSystemError ? (thrown.pauseMs ?? 0) : 0;
  const own = pause * 1_000 * (1 + Math.random() * JITTER);
  const pauseMs = Math.round(Math.min(LONGEST_PAUSE_MS, Math.max(own, asked)));
  return applicationFailure(what, { retryable: true, pauseMs });
}
