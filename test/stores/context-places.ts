import type { ContextStore } from '../../contract/ports.ts';
import { caseCipher } from '../../security/case-keys.ts';
import { personKeysIn } from '../../security/person-keys.ts';
import { openContextStore, openPersonKeyTable } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

/** Where one context store keeps what: plain text, so that another process can be told. */
export interface ContextPlace {
  readonly url: string;
  readonly keysUrl: string;
  readonly hotUrl?: string;
}

/** A kind of context store that the suites run on. */
export interface ContextStoresUnderTest {
  readonly start: () => Promise<void>;
  readonly freshPlace: () => Promise<ContextPlace>;
  readonly execute: (url: string, sql: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Opens a store as a worker does. */
export async function openContext(place: ContextPlace): Promise<ContextStore> {
  const { url, keysUrl, hotUrl } = place;
  const cipher = caseCipher(personKeysIn(await openPersonKeyTable(keysUrl)));
  try {
    return await openContextStore(url, { cipher, ...(hotUrl === undefined ? {} : { hotUrl }) });
  } catch (thrown) {
    await cipher.close();
    throw thrown;
  }
}

/** Context in databases of a kind, the keys in one of their own. */
export function contextIn(stores: StoresUnderTest): ContextStoresUnderTest {
  return {
    ...stores,
    freshPlace: async () => ({ url: await stores.freshUrl(), keysUrl: await stores.freshUrl() }),
  };
}
