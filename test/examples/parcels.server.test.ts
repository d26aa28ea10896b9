import { Connection } from '@temporalio/client';
import { compiledProgram } from '../setup/compiled-sources.ts';
import { unique } from '../support/bed.ts';
import { startChild } from '../support/child.ts';
import { addNamespace } from '../support/namespace.ts';

/** Plays it in a namespace of its own. @returns how it ended, and what it said */
async function play(command: string, words: readonly string[]): Promise<readonly [number | null, string]> {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const namespace = unique('parcels');
  const connection = await Connection.connect({ address });
  await addNamespace(connection, namespace);
  await connection.close();
  const program = startChild(command, words, {
    environment: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
  });
  return [await program.ended, program.output()];
}

test('npm run parcels: a shop hands over to a carrier by A2A, is called, and tells its customer what the depot saw', async () => {
  const [code, said] = await play('npm', ['run', 'parcels']);
  expect([code, said]).toEqual([0, expect.stringContaining('shop-desk -> carrier -> shop-desk')]);
  expect(said).toMatch(/^carrier {3}a2a\.[0-9a-f]+\.[0-9a-f]+\.[0-9a-f]+, which is the task of A2A$/m);
  // Nobody looked in between: the shop's timer would have taken ten minutes.
  expect(said).toMatch(/^waited {4}until the carrier called \([1-9]\d* calls?\)/m);
  // What each house takes up of the other's working memory, and nothing that was for one of them alone.
  expect(said).toMatch(/^there {5}\{.*"intent":"tell the customer where it is".*"lastSeen":"Lyon"/m);
  expect(said).toMatch(/^back {6}\{.*"depot\/D-3".*"shelf":"D-3"/m);
  const [there, back] = ['there', 'back'].map(
    (word) => new RegExp(`^${word} .*$`, 'm').exec(said)?.[0] ?? '',
  );
  expect(there).not.toMatch(/shop alone|O-7/);
  expect(back).not.toMatch(/depot alone/);
  expect(said).toContain('  user: Where is my parcel P-7?');
  expect(said).toContain('  carrier: Parcel P-7: it leaves the depot tomorrow at 8');
  expect(said).toContain('  shop-desk: Anything else? Just write again.');
});

test('npm run parcels -- --poll: nobody calls, and the shop looks by its timer', async () => {
  const [code, said] = await play(process.execPath, [await compiledProgram('examples/parcels.ts'), '--poll']);
  expect([code, said]).toEqual([0, expect.stringContaining('shop-desk -> carrier -> shop-desk')]);
  expect(said).toContain('waited    by a timer');
  expect(said).toContain('  carrier: Parcel P-7: it leaves the depot tomorrow at 8');
});
