import { closedBreaker, moveBreaker, type BreakerEvent, type BreakerState } from '../contract/breaker.ts';
import type { BreakerChange, BreakerName, BreakerStore, ListedBreaker } from '../contract/ports.ts';
import { requireStorableName, storableText } from './storable.ts';

/** Where breakers lie: rows of text, and one change of a row after the other. */
export interface BreakerTable {
  /** The state of a breaker as text, outside any transaction. */
  read(name: BreakerName): Promise<string | undefined>;
  /**
   * Replaces a state in one transaction that nobody else's change of it can cross.
   * @param work is given the state as it stands, and answers the next one and what the log is told; undefined leaves
   * everything as it was
   */
  change(
    name: BreakerName,
    work: (state: string | undefined) => { readonly state: string; readonly change?: string } | undefined,
  ): Promise<void>;
  /** Team, agent, version and state. */
  list(team: string | undefined): Promise<readonly (readonly unknown[])[]>;
  /** Changes as text, the newest first. */
  log(team: string | undefined, limit: number): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** Breakers over any table of them. */
export function breakerStore(table: BreakerTable): BreakerStore {
  return {
    move: async (name, event, audit) => {
      requireStorableName('team', name.team);
      requireStorableName('agent', name.agent);
      requireStorableName('agentVersion', name.agentVersion);
      // Most of the time nothing changes, and a look is all it costs.
      const seen = stateOf(await table.read(name));
      const first = moveBreaker(seen, event);
      if (first.state === seen && audit === undefined) return { ...first, before: seen };
      let moved = { ...first, before: seen };
      await table.change(name, (text) => {
        const before = stateOf(text);
        moved = { ...moveBreaker(before, event), before };
        if (moved.state === before && audit === undefined) return undefined;
        const tells = moved.state.kind !== before.kind || audit !== undefined;
        const change = tells ? changeOf(name, before, event, moved.state, audit) : undefined;
        return {
          state: storableText('state', moved.state),
          ...(change ? { change: storableText('change', change) } : {}),
        };
      });
      return moved;
    },
    list: async (team) =>
      (await table.list(team)).map((row): ListedBreaker => {
        const [ofTeam = '', agent = '', agentVersion = '', state] = row.map(String);
        return { team: ofTeam, agent, agentVersion, state: stateOf(state) };
      }),
    log: async ({ team, limit = 100 } = {}) =>
      (await table.log(team, limit)).map((text) => JSON.parse(String(text)) as BreakerChange),
    close: () => table.close(),
  };
}

function stateOf(text: string | undefined): BreakerState {
  return text === undefined ? closedBreaker() : (JSON.parse(text) as BreakerState);
}

function changeOf(
  { team, agent, agentVersion }: BreakerName,
  before: BreakerState,
  event: BreakerEvent,
  state: BreakerState,
  audit: { readonly by: string; readonly reason: string } | undefined,
): BreakerChange {
  return {
    team,
    agent,
    agentVersion,
    at: event.at,
    from: before.kind,
    to: state.kind,
    ...('caseId' in event ? { caseId: event.caseId } : {}),
    ...audit,
  };
}
