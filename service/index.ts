/** Public entry point `baton/service`: the HTTP service, to serve by itself or within a fastify application. */
export { knownRoles, type Role } from './access/permissions.ts';
export type { Principal } from './access/principal.ts';
export { parseServiceAccess, type ServiceAccess } from './access/service-access.ts';
export { parsePushSettings, parseServedTeams } from './a2a/parse-served-teams.ts';
export type { Pushes } from './a2a/push-configs.ts';
export type { CardSigningKey, ServedTeam } from './a2a/served-team.ts';
export { createService, type ServiceOptions } from './http/create-service.ts';
export { problemOf, type Problem } from './http/problems.ts';
export { openApiText } from './http/openapi-text.ts';
export { readTicketHooks, type TicketHooks } from './tickets/read-hooks.ts';
