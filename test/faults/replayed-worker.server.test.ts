import path from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import type { LedgerStore } from '../../contract/ports.ts';
import { MESSAGES, SIGNALS } from '../../contract/messages.ts';
import { openLedgerStore, openManifestStore } from '../../stores/open-stores.ts';
import { agent, finish, reply } from '../support/agents.ts';
import { awaitEvent } from '../support/await-case.ts';
import { openBed, unique } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { createGates } from '../support/gates.ts';

const only = agent('only', unique('pool'), (turn) => (turn.transfer ? finish('ok') : reply('hello')));
const desk = people('desk', { bob: { roles: [] } });
const team = defineTeam({ name: unique('replayed'), start: only, edges: [escalate(only, desk)] });

/**
 * A worker without the case in its cache merges a task that asked for nothing with the update behind it, and no
 * later replay does: the case would be wedged for ever. See `conclude` in `workflows/perform.ts`.
 */
test('an update behind a workflow task that asked for nothing can be replayed (I10)', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-held-'));
  const gates = createGates();
  const store = await openLedgerStore(`file:${path.join(folder, 'ledger.db')}`);
  const manifests = await openManifestStore(`file:${path.join(folder, 'ledger.db')}`);
  // The flush that writes down the request for a human waits for the test.
  const ledger: LedgerStore = {
    ...store,
    append: async (rows) => {
      if (rows.some((row) => row.kind === 'human-asked')) await gates.pass('flush');
      await store.append(rows);
    },
  };
  const bed = await openBed({ teams: [team], caching: ['uncached'], stores: { ledger, manifests } });
  try {
    const driver = await openCase(bed, team, {}, 'uncached');
    await driver.until((view) => view.stage === 'waiting-user' && view.ledgerLag === 0);
    await driver.send(MESSAGES.askForHuman, { by: 'user' });
    await gates.reached('flush');
    // A repeat asks for nothing, and shields the end of the flush from the commands before it.
    await driver.handle.signal(SIGNALS.say, { messageId: 'first', text: 'Hello' });
    let signalled = false;
    await awaitEvent(bed.client, driver.handle, (event) => {
      signalled ||= event.workflowExecutionSignaledEventAttributes != null;
      return signalled && event.workflowTaskCompletedEventAttributes != null;
    });
    gates.open('flush');
    await driver.until((view) => view.ledgerLag === 0);
    await driver.send(MESSAGES.giveBack, { by: 'bob', note: 'yours' });
    expect(await driver.result()).toMatchObject({ outcome: { outcome: 'ok' } });
  } finally {
    await bed.close();
    await Promise.all([store.close(), manifests.close()]);
    await rm(folder, { recursive: true });
  }
});
