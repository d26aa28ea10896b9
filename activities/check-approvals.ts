import type { JsonObject } from '../contract/json.ts';
import { getOwn, isJsonObject } from '../contract/json.ts';
import { declares } from '../contract/selective-fields.ts';
import type { AgentManifest, Approval, EdgeManifest, PoolManifest } from '../contract/team.ts';

/** The parts of a team that approvals refer to, before the whole has been checked. */
interface Parts {
  readonly agents: Readonly<Record<string, AgentManifest>>;
  readonly pools: Readonly<Record<string, PoolManifest>>;
  readonly edges: readonly EdgeManifest[];
}

/**
 * What is wrong with a team's approvals: a pool that the team does not have would leave a review to nobody, and a
 * condition on a field that never comes would never ask anybody (I8).
 * @returns faults, each with its place and what to do
 */
export function faultsOfApprovals(parts: Parts): readonly string[] {
  const pools = Object.values(parts.pools).flatMap(({ name, waiting, staffing }) => [
    ...faultsOfWait(parts, `pools.${name}`, { pool: name, waiting }),
    ...(staffing?.afterHours === undefined || Object.hasOwn(parts.pools, staffing.afterHours)
      ? []
      : [`pools.${name}.staffing.afterHours: the pool ${staffing.afterHours} is not in the team`]),
  ]);
  const approvals = placesOf(parts).flatMap(({ place, approval, values, of }) => {
    const faults: string[] = [];
    if (!Object.hasOwn(parts.pools, approval.pool))
      faults.push(
        `${place}: the pool ${JSON.stringify(approval.pool)} is not in the team; add an escalate() edge to it`,
      );
    faults.push(...faultsOfPeople(parts, place, approval), ...faultsOfWait(parts, place, approval));
    const field = approval.when?.field;
    if (field !== undefined && values && !declares(values, field.split('.')[0] ?? field))
      faults.push(
        `${place}.when.field: ${of} no ${JSON.stringify(field)}, so nobody would ever be asked; ` +
          `name one of ${namesIn(values).join(', ') || 'its fields'}`,
      );
    return faults;
  });
  return [...pools, ...approvals];
}

/** Somebody else is asked who is not there, or after it is over: it would look like a promise that nobody keeps. */
function faultsOfWait(parts: Parts, place: string, { waiting, pool, expiresMs }: Wait): readonly string[] {
  const asked = (waiting?.escalation ?? []).flatMap(({ pool: other = pool, roles, afterMs }, index) => {
    const at = `${place}.waiting.escalation.${String(index)}`;
    if (!Object.hasOwn(parts.pools, other))
      return [`${at}: the pool ${JSON.stringify(other)} is not in the team; add an escalate() edge to it`];
    return [...faultsOfPeople(parts, at, { pool: other, roles }), ...tooLate(at, afterMs, expiresMs)];
  });
  const reminded = (waiting?.reminders ?? []).flatMap((afterMs) =>
    tooLate(`${place}.waiting.reminders`, afterMs, expiresMs),
  );
  return [...reminded, ...asked];
}

type Wait = Pick<Approval, 'waiting' | 'pool'> & { readonly expiresMs?: number };

function tooLate(place: string, afterMs: number, expiresMs = Infinity): readonly string[] {
  return afterMs < expiresMs
    ? []
    : [
        `${place}: ${String(afterMs)} ms is after the review has expired; name less than ${String(expiresMs)}`,
      ];
}

/** A review that too few people could approve would only ever expire. */
function faultsOfPeople(
  parts: Parts,
  place: string,
  { pool, roles, approvers = 1 }: Pick<Approval, 'pool' | 'roles' | 'approvers'>,
): readonly string[] {
  const known = getOwn(parts.pools, pool);
  // Who they are, only the directory knows.
  if (known?.staffing) return [];
  const members = Object.values(known?.members ?? {});
  if (!Object.hasOwn(parts.pools, pool) || (roles === undefined && approvers === 1)) return [];
  const able = members.filter((one) => roles === undefined || one.roles.some((role) => roles.includes(role)));
  if (able.length >= approvers) return [];
  const who = roles === undefined ? '' : ` with one of the roles ${roles.join(', ')}`;
  return [
    `${place}: the pool ${pool} has ${String(able.length)}${who}, and the approval needs ${String(approvers)} people; ` +
      'add people to the pool, or ask for fewer',
  ];
}

interface Place {
  readonly place: string;
  readonly approval: Approval;
  /** JSON Schema of the values that the condition looks at, where it is known. */
  readonly values: JsonObject | undefined;
  readonly of: string;
}

function placesOf({ agents, edges }: Parts): readonly Place[] {
  const ofTools = Object.values(agents).flatMap((agent) =>
    Object.values(agent.tools).flatMap(({ name, approval, input }) => {
      const place = `agents.${agent.name}.tools.${name}.approval`;
      return approval ? [{ place, approval, values: input, of: 'the tool takes' }] : [];
    }),
  );
  const ofEdges = edges.flatMap(({ from, to, approval }) => {
    const place = `edges (${from} -> ${to}).approval`;
    return approval ? [{ place, approval, values: getOwn(agents, to)?.accepts, of: `${to} accepts` }] : [];
  });
  return [...ofTools, ...ofEdges];
}

function namesIn(schema: JsonObject): readonly string[] {
  const properties = schema['properties'];
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
