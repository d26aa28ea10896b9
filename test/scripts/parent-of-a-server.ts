/** Starts a server on the database file given, prints its port and stays: a parent for tests to end. */
import { startTemporalServer } from '../../scripts/temporal-server.ts';

const server = await startTemporalServer({
  headless: true,
  ...(process.argv[2] === undefined ? {} : { databaseFile: process.argv[2] }),
});
console.log(server.address.split(':')[1]);
setInterval(() => undefined, 60_000);
