import type { z } from 'zod';
import { defineA2aAgent, type A2aAgentDefinition } from '../../activities/a2a/define-a2a-agent.ts';
import { startA2aServer, type A2aStep, type A2aTestServer, type A2aTwists } from '../support/a2a-server.ts';
import { Facts } from '../support/agents.ts';
import { openDesk, type ActivityDesk } from './activity-desk.ts';

/** A desk whose `triage` is an agent of another vendor, and that vendor's server. */
export interface RemoteDesk {
  readonly server: A2aTestServer;
  readonly desk: ActivityDesk;
}

const servers: A2aTestServer[] = [];

/** Closes the servers that were opened since; for after each test. */
export async function closeRemotes(): Promise<void> {
  await Promise.all(servers.splice(0).map((one) => one.close()));
}

/** Opens one whose server plays these steps, one for each message. */
export async function openRemote(
  steps: readonly A2aStep[],
  more: Partial<A2aAgentDefinition<z.output<typeof Facts>>> = {},
  twists: A2aTwists = {},
): Promise<RemoteDesk> {
  const server = await startA2aServer(steps, twists);
  servers.push(server);
  const remote = defineA2aAgent({
    name: 'triage',
    version: '1.0.0',
    domain: 'parcels',
    scope: 'finds parcels',
    accepts: Facts,
    effects: 'none',
    at: { card: server.url },
    ...more,
  });
  return { server, desk: openDesk({ triage: remote }) };
}
