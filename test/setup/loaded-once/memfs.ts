import { loadedOnce } from './host.ts';

/** In place of `memfs`, which the SDK loads with its workers, and uses where it bundles workflows. */
export const { Volume, createFsFromVolume } = loadedOnce('memfs/lib/index.js') as Readonly<
  Record<'Volume' | 'createFsFromVolume', unknown>
>;
