/** After the `server` project: ends the server that `temporal-up.ts` started. */
export default async function temporalDown(): Promise<void> {
  await globalThis.batonTestServer?.stop();
}
