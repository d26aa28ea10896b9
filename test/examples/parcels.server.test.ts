import { Connection } from '@temporalio/client';
import { unique } from '../support/bed.ts';
import { startChild } from '../support/child.ts';
import { addNamespace } from '../support/namespace.ts';

test('npm run parcels: a shop hands over to a carrier by A2A, waits, and tells its customer what the depot saw', async () => {
  const address = String(process.env['TEMPORAL_ADDRESS']);
  const namespace = unique('parcels');
  const connection = await Connection.connect({ address });
  await addNamespace(connection, namespace);
  await connection.close();
  const program = startChild(process.execPath, ['--import', 'tsx', 'examples/parcels.ts'], {
    environment: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
  });
  const code = await program.ended;
  const said = program.output();
  expect([code, said]).toEqual([0, expect.stringContaining('shop-desk -> carrier -> shop-desk')]);
  expect(said).toMatch(/^carrier {3}a2a\.[0-9a-f]+\.[0-9a-f]+\.[0-9a-f]+, which is the task of A2A$/m);
  expect(said).toContain('  user: Where is my parcel P-7?');
  expect(said).toContain('  carrier: Parcel P-7: it leaves the depot tomorrow at 8');
  expect(said).toContain('  shop-desk: Anything else? Just write again.');
});
