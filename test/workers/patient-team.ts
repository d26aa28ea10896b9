/**
 * A team for a worker process of a test: its one agent says on standard output that it works, and goes on when the
 * file that the environment names is there.
 */
import { existsSync, watch } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, people } from '../../activities/define-team.ts';

const gate = String(process.env['BATON_TEST_GATE']);

async function gateOpens(): Promise<void> {
  const changes = watch(path.dirname(gate));
  try {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (existsSync(gate)) resolve();
      };
      changes.on('change', look);
      look();
    });
  } finally {
    changes.close();
  }
}

const patient = defineAgent({
  name: 'patient',
  version: '1.0.0',
  domain: 'test',
  scope: 'waits',
  accepts: z.object({}),
  run: async () => {
    process.stdout.write('the agent works\n');
    await gateOpens();
    return { intent: { kind: 'finish', outcome: 'done' } };
  },
});

export const teams = [
  defineTeam({
    name: 'patience',
    start: patient,
    edges: [],
    escalation: people('desk', { pam: { roles: [] } }),
  }),
];
