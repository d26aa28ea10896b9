import { AgentCard } from '@a2a-js/sdk';
import { HANDOFF_EXTENSION } from '../../contract/a2a.ts';
import type { JsonObject } from '../../contract/json.ts';

/** A team as the outside world sees it. */
export interface ServedTeam {
  /** Name of the team: its cases are opened under it. */
  readonly team: string;
  /** What it does, for whoever looks for an agent. */
  readonly description: string;
  readonly version: string;
  /** Address under which the service is reached from outside, such as `https://desk.example`. */
  readonly url: string;
  /** JSON Schema of the facts that its first agent accepts. */
  readonly accepts?: JsonObject;
}

/** The card of a team: one skill, over JSON-RPC, with our contract as an extension that nobody has to know. */
export function cardOf({ team, description, version, url, accepts }: ServedTeam): AgentCard {
  return AgentCard.fromJSON({
    name: team,
    description,
    version,
    supportedInterfaces: [
      { url: new URL(`/a2a/${team}`, url).href, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    ],
    capabilities: {
      streaming: false,
      pushNotifications: false,
      extensions: [
        {
          uri: HANDOFF_EXTENSION,
          description: 'Handoffs of Baton; cancelling a task takes back what its case has written',
          required: false,
          params: { contractVersion: '1.0.0', ...(accepts ? { accepts } : {}) },
        },
      ],
    },
    securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
    securityRequirements: [{ schemes: { bearer: { list: [] } } }],
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain'],
    skills: [{ id: team, name: team, description, tags: ['handoff'] }],
  });
}
