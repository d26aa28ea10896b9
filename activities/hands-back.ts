import type { TeamManifest } from '../contract/team.ts';
import { acceptedMemory } from './accepts-of.ts';
import type { AgentDefinition } from './agent.ts';
import { kindsOf, type RedactOption } from './check-redaction.ts';

/** What a team lets out of a case that another house has handed over, as its author writes it. */
export interface HandsBackDefinition {
  /** Of the working memory of whoever finishes the case; nothing when absent. */
  readonly workingMemory?: NonNullable<AgentDefinition<never>['workingMemory']>;
  /**
   * Personal data that is masked on the way, as on an edge: everything when absent, for the other house is another domain.
   * Where anything is, reasons of decisions stay, too.
   */
  readonly redact?: RedactOption;
}

/**
 * The same as a manifest has it.
 * @param faults gets what is wrong with it
 */
export function handsBackManifest(
  { workingMemory, redact }: HandsBackDefinition,
  faults: string[],
): NonNullable<TeamManifest['handsBack']> {
  const kinds = kindsOf(redact, false);
  return {
    ...(workingMemory
      ? { workingMemory: acceptedMemory('handsBack.workingMemory', workingMemory, faults) }
      : {}),
    ...(kinds.length > 0 ? { redact: [...kinds] } : {}),
  };
}
