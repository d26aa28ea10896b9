import { BatonError, failure } from '../contract/failures.ts';

/** The stores that have tables of their own; several may share a database. */
export type StoreComponent =
  | 'ledger'
  | 'manifests'
  | 'nonces'
  | 'records'
  | 'context'
  | 'person-keys'
  | 'policies'
  | 'breakers'
  | 'meters'
  | 'pushes';

/**
 * The migrations that a store still needs.
 * @param request.found version of the tables in the database, 0 when there are none
 * @throws a failure `CONFIGURATION_INVALID` when a newer release has written them
 */
export function pendingMigrations(request: {
  readonly component: StoreComponent;
  readonly migrations: readonly (readonly string[])[];
  readonly found: number;
  readonly place: string;
}): readonly (readonly string[])[] {
  const { component, migrations, found, place } = request;
  if (found > migrations.length) {
    throw new BatonError(
      failure(
        'CONFIGURATION_INVALID',
        `${place} holds version ${String(found)} of the ${component} tables, written by a newer release; ` +
          `this one knows versions up to ${String(migrations.length)}`,
      ),
    );
  }
  return migrations.slice(found);
}
