/** Whether an address's host may be inside the house, and spoken to without TLS. */
export function isAllowedHost(url: string, allowedHosts: readonly string[]): boolean {
  return allowedHosts.includes(new URL(url).host);
}

/**
 * What is wrong with an address outside that requests are to go to, or undefined.
 * @param allowedHosts hosts, with their port where it is named, that may be inside and spoken to in clear
 */
export function urlFault(url: string, allowedHosts: readonly string[]): string | undefined {
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') return 'no name or password in the address: it is no secret';
  if (protocol === 'https:') return undefined;
  if (protocol === 'http:' && isAllowedHost(url, allowedHosts)) return undefined;
  return 'https, or a host that `allowedHosts` names';
}
