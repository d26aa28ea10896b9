import { readFileSync } from 'node:fs';
import { sha256Hex } from '../../contract/digest.ts';

/** Instructions of an agent, with what names them in provenance (H5). */
export interface Prompt {
  /** As its author numbers it; the digest says whether it is what that number promises. */
  readonly version: string;
  readonly text: string;
  /** SHA-256 of the text. */
  readonly digest: string;
}

/** Instructions written where the agent is. */
export function promptOf(text: string, version = '1.0.0'): Prompt {
  return { version, text, digest: sha256Hex(text) };
}

/**
 * Instructions from a file, read when the agent is defined: a file that is not there is found before any case.
 * @throws the error of the file system
 */
export function promptFromFile(file: string | URL, version: string): Prompt {
  return promptOf(readFileSync(file, 'utf8'), version);
}

/** How provenance names a prompt: `1.2.0+5f70bf18a086`. */
export function promptVersion({ version, digest }: Prompt): string {
  return `${version}+${digest.slice(0, 12)}`;
}
