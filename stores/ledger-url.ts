/** Where ledger and manifests are kept when nobody says otherwise: beside the project, out of version control. */
const DEFAULT_LEDGER_URL = '.baton/baton.db';

/**
 * The address of the ledger for services and commands alike: `BATON_LEDGER_URL`, else `.baton/baton.db` of the
 * working folder. Workers and whoever verifies must read the same one, so the default stands here and nowhere else.
 * @param environment such as `process.env`
 */
export function ledgerUrl(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['BATON_LEDGER_URL'] || DEFAULT_LEDGER_URL;
}
