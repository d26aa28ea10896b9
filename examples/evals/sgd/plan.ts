import type { Routes } from '../../services/routes.ts';
import type { Service } from '../../services/schema.ts';
import type { Vocabulary } from '../../services/vocabulary.ts';
import { pairByPosition, plainVocabulary, skewedVocabulary } from '../../services/vocabulary.ts';
import type { Folder } from './folder.ts';
import { readFolder, readSkew } from './folder.ts';
import type { Travelled } from './routes.ts';
import { compileRoutes, travel } from './routes.ts';

/** What the run and its workers each make of a folder, before the first case. */
export interface Plan {
  readonly folder: Folder;
  readonly services: readonly Service[];
  readonly travelled: readonly Travelled[];
  readonly routes: Routes;
  readonly vocabulary: Vocabulary;
}

/**
 * Reads a folder, and compiles who hands over to whom and what crosses.
 * @param skew file of other names for the same services, which receivers then use
 */
export async function planFolder(data: string, skew: string | undefined): Promise<Plan> {
  const folder = await readFolder(data);
  const travelled = travel(folder.dialogues);
  const vocabulary =
    skew === undefined
      ? plainVocabulary()
      : skewedVocabulary(pairByPosition(folder.services, await readSkew(data, skew)));
  return { folder, services: folder.services, travelled, routes: compileRoutes(travelled), vocabulary };
}
