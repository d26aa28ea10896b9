import type { NativeConnection } from '@temporalio/worker';
import { BatonError, failure } from '../contract/failures.ts';
import { SEARCH_ATTRIBUTES } from '../contract/search-attributes.ts';

/** The command line's words for the types in use. */
const TYPES = { KEYWORD: 'Keyword', INT: 'Int' } as const;

/**
 * Refuses a namespace that lacks what cases are searched by: its workflow tasks would fail one after the other.
 * @throws BatonError `SEARCH_ATTRIBUTE_MISSING` with the one command that adds all that are missing
 */
export async function requireSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter(
    ({ name }) => !Object.hasOwn(customAttributes, name),
  );
  if (missing.length === 0) return;
  const names = missing.map(({ name, type }) => `--name ${name} --type ${TYPES[type]}`).join(' ');
  throw new BatonError(
    failure(
      'SEARCH_ATTRIBUTE_MISSING',
      `${missing.map(({ name }) => name).join(', ')} in namespace "${namespace}"; ` +
        `add with: temporal operator search-attribute create --namespace ${namespace} ${names}`,
      missing[0]?.name,
    ),
  );
}
