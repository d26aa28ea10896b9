/** The private teams that an environment names in `BATON_PRIVATE_TEAMS`. */
export function privateTeamsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const names = (environment['BATON_PRIVATE_TEAMS'] ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}
