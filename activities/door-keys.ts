import { BatonError, failure, isBatonError } from '../contract/failures.ts';
import type { DoorKey, DoorKeys, ResolvedTeam } from '../contract/proof.ts';
import type { TeamManifest } from '../contract/team.ts';
import type { Team } from './define-team.ts';

/** @throws BatonError `DOOR_KEY_MISSING` where a team asks for proven decisions, and no door could give one */
export function requireDoorKeys(teams: readonly Team[], doorKeys: DoorKeys | undefined): void {
  const asking = teams.find(({ manifest }) => asksForProof(manifest));
  if (!asking) return;
  const because = `team ${asking.name} asks for proven decisions, and `;
  if (readDoorKeys(doorKeys, because).some((key) => key.status === 'active')) return;
  throw missing(`${because}no key of a door is active`);
}

/**
 * The activity `door-keys`: the keys as they are now.
 * @throws BatonError `DOOR_KEY_MISSING`, which is tried again: another worker may have them, or the file be mended
 */
export function readDoorKeys(doorKeys: DoorKeys | undefined, because = ''): readonly DoorKey[] {
  if (!doorKeys) throw missing(`${because}BATON_DOOR_KEYS is not set`);
  try {
    return doorKeys.current();
  } catch (thrown) {
    if (!isBatonError(thrown)) throw thrown;
    throw missing(`${because}${thrown.message}`, thrown);
  }
}

/** The keys for a case that opens: without them it opens all the same, and asks once a review needs them. */
export function doorKeysIfAny(doorKeys: DoorKeys | undefined): Pick<ResolvedTeam, 'doorKeys'> {
  if (!doorKeys) return {};
  try {
    return { doorKeys: readDoorKeys(doorKeys) };
  } catch (thrown) {
    if (isBatonError(thrown)) return {};
    throw thrown;
  }
}

function missing(detail: string, cause?: Error): BatonError {
  return new BatonError(failure('DOOR_KEY_MISSING', detail, 'BATON_DOOR_KEYS'), { cause });
}

function asksForProof({ agents, edges }: TeamManifest): boolean {
  const tools = Object.values(agents).flatMap((agent) => Object.values(agent.tools));
  return [...tools, ...edges].some((one) => one.approval?.proof === 'proven');
}
