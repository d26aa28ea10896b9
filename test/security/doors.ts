import { unsigned, type Decision } from '../../contract/decision.ts';
import type { DoorKey, Signed } from '../../contract/proof.ts';
import { createDecisionSigner, doorKeysIn, type DoorKeysFile } from '../../security/door-keys.ts';
import { addDoorKey } from '../../security/rotation.ts';

/** A door with a key of its own. */
export interface Door {
  readonly file: DoorKeysFile;
  /** What cases are told of the key. */
  readonly key: DoorKey;
  /** Signs a decision of somebody whom the door has let in, as staff of the default tenant unless it says otherwise. */
  readonly signs: (
    decision: Decision,
    how: {
      readonly caseId: string;
      readonly at: number;
      readonly roles?: readonly string[];
      readonly tenant?: string;
    },
  ) => Decision & { readonly signed: Signed };
}

/** A door whose key may be used for some tenants only. */
export function newDoor(id: string, tenants?: readonly string[]): Door {
  const file = addDoorKey(undefined, id, new Date(0), tenants);
  const text = JSON.stringify(file);
  const [key] = doorKeysIn(() => text).current();
  if (!key) throw new Error('a door without a key');
  return {
    file,
    key,
    signs: (decision, { caseId, at, roles = ['staff'], tenant = 'default' }) => {
      const said = unsigned(decision);
      const signer = createDecisionSigner(
        () => text,
        () => at,
      );
      return { ...said, signed: signer.sign({ caseId, decision: said, roles, tenant }) };
    },
  };
}
