import type { Agent, Answer, Turn } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import type { Team } from '../../activities/define-team.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { StoreAccess } from '../store-tool.ts';
import { adaptersOf } from './adapters.ts';
import { acceptedFacts } from './facts.ts';
import type { Routes } from './routes.ts';
import type { Service } from './schema.ts';
import { agentName } from './schema.ts';
import { serviceTools } from './tools.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What teams of services are made from. */
export interface ServiceDesk extends StoreAccess {
  readonly services: readonly Service[];
  readonly routes: Routes;
  readonly vocabulary: Vocabulary;
  /** How a service takes a turn. */
  readonly run: (service: string, turn: Turn<JsonObject>) => Promise<Answer> | Answer;
}

/** One of the people behind the services. */
export const SERVICE_PERSON = 'robin';

/** All services of one team answer on one pool: they are one program. */
const POOL = 'services';

/** A long dialogue goes to and fro; circles within one message are stopped by their fingerprint. */
const HOPS = 150;

/** A sender learns of one fact at a time that its receiver has no place for. */
const CORRECTIONS = 10;

/** Name of the team whose cases start at a service. */
export function serviceTeamName(start: string): string {
  return `start-${agentName(start)}`;
}

/**
 * The teams of services: one for each service that cases start at, with whatever can be reached from there. The
 * agents are the same in all of them.
 */
export function serviceTeams(desk: ServiceDesk): readonly Team[] {
  const { services, routes, vocabulary } = desk;
  const agents = new Map(services.map((service) => [service.service_name, serviceAgent(desk, service)]));
  const staff = people('service-desk', { [SERVICE_PERSON]: { roles: ['clerk'] } });
  return routes.starts.map((start) => {
    const reached = reachable(routes, start);
    const edges = routes.edges.filter((one) => reached.has(one.from));
    return defineTeam({
      name: serviceTeamName(start),
      start: agentOf(agents, start),
      edges: [
        ...edges.map((one) =>
          edge(agentOf(agents, one.from), agentOf(agents, one.to), {
            adapt: adaptersOf(routes, vocabulary, one),
            // One assistant for one user: the slots that its services fill for each other cross as they are.
            redact: 'nothing',
          }),
        ),
        escalate(agentOf(agents, start), staff),
      ],
      limits: { hops: HOPS, corrections: CORRECTIONS },
    });
  });
}

function serviceAgent(desk: ServiceDesk, service: Service): Agent {
  const name = service.service_name;
  return defineAgent<JsonObject>({
    name: agentName(name),
    version: '1.0.0',
    domain: name.slice(0, 100),
    scope: service.description || name,
    // The schema's output is plain JSON; zod cannot say so of keys made at run time.
    accepts: acceptedFacts(service, desk.routes.passing, desk.vocabulary) as never,
    tools: serviceTools(service, desk),
    pool: POOL,
    run: (turn) => desk.run(name, turn),
  });
}

function agentOf(agents: ReadonlyMap<string, Agent>, service: string): Agent {
  const agent = agents.get(service);
  if (!agent) throw new RangeError(`no service ${service}`);
  return agent;
}

function reachable(routes: Routes, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (let before = 0; before !== reached.size;) {
    before = reached.size;
    for (const { from, to } of routes.edges) if (reached.has(from)) reached.add(to);
  }
  return reached;
}
