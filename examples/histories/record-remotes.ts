import { mkdir } from 'node:fs/promises';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { askForParcel, runHouses } from '../parcels/running-houses.ts';
import type { Keeper } from './keep.ts';

const NAME = 'remote-task';
const TITLE = 'A case waits by a timer for an agent elsewhere, over A2A, and gets its parcel back';

/** Names of the cases that {@link recordRemotes} keeps. */
export function remoteNames(): readonly string[] {
  return [NAME];
}

/** Plays a handover to an agent of another house, and keeps the history of the case that waits for it. */
export async function recordRemotes(folder: string, keeper: Keeper): Promise<void> {
  await mkdir(folder, { recursive: true });
  const server = await startTemporalServer({ headless: true });
  const { baton, close } = await runHouses(server, folder);
  await askForParcel(baton, NAME);
  await keeper.keep(baton, NAME, TITLE);
  await close();
  await server.stop();
}
