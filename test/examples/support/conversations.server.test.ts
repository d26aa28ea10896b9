import { readdirSync } from 'node:fs';
import path from 'node:path';
import { outcomeOf } from '../../../examples/support/compare-outcome.ts';
import { conversationNames, readConversation } from '../../../examples/support/conversation.ts';
import { playConversation } from '../../../examples/support/play-conversation.ts';
import { seedRecords } from '../../../examples/support/seed.ts';
import { openSupportBed, type SupportBed } from './support-bed.ts';

// Read at once: the names of tests must be known before anything is started.
const names = readdirSync(path.resolve(import.meta.dirname, '../../../examples/support/conversations')).map(
  (file) => path.basename(file, '.json'),
);

test('every conversation file is played', async () => {
  expect(await conversationNames()).toEqual(names.toSorted());
});

describe.each([
  { name: 'cases stay in memory', options: {} },
  {
    name: 'every workflow task replays its case, which a policy decides',
    options: { maxCachedWorkflows: 0, policed: true },
  },
])('$name', ({ options }) => {
  let bed: SupportBed;
  beforeAll(async () => {
    bed = await openSupportBed(options);
  });
  afterAll(() => bed.close());

  test.each(names)('%s comes out as its file says, and its ledger verifies', async (name) => {
    const conversation = await readConversation(name);
    await bed.records.load(seedRecords());
    await playConversation(bed.baton, conversation, { caseId: name, team: 'support-desk' });
    const view = await bed.baton.show(name);
    expect(await outcomeOf(conversation, view, bed.records)).toEqual(conversation.comesOut);
    // Whoever speaks, the user was told whether it is an AI or a human, before its first words (U4).
    let told: string | undefined;
    for (const { from, disclosure } of view.transcript) {
      told = disclosure ?? told;
      if (from.kind === 'agent') expect(told).toBe('ai');
      if (from.kind === 'person') expect(told).toBe('human');
    }
    expect(await bed.baton.verify(name)).toMatchObject({
      ok: true,
      closed: true,
      anchored: true,
      lag: 0,
      faults: [],
    });
  });
});
