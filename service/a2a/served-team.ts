import { AgentCard, generateAgentCardSignature } from '@a2a-js/sdk';
import type { JWK } from 'jose';
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
  /** Private key as JWK, with `kid` and `alg`, that signs its card (RFC 7515); the card is not signed when absent. */
  readonly cardKey?: CardSigningKey;
  /** JSON Schema of the facts that its first agent accepts. */
  readonly accepts?: JsonObject;
}

/** A private key as JWK, such as `jose` exports it. */
export type CardSigningKey = JWK & { readonly kid: string; readonly alg: string };

/** What a service offers beside the team itself. */
export interface Offered {
  /** Whether clients are told of their tasks. */
  readonly pushes: boolean;
}

/** The card of a team, signed where it has a key: anybody who knows the public one can tell who issued it. */
export async function signedCardOf(served: ServedTeam, offered: Offered): Promise<AgentCard> {
  const card = cardOf(served, offered);
  const { cardKey } = served;
  if (!cardKey) return card;
  const { kid, alg } = cardKey;
  return generateAgentCardSignature(cardKey, { alg, kid, typ: 'JOSE' })(card);
}

/** The card of a team: one skill, over JSON-RPC, with our contract as an extension that nobody has to know. */
export function cardOf(
  { team, description, version, url, accepts }: ServedTeam,
  { pushes }: Offered,
): AgentCard {
  return AgentCard.fromJSON({
    name: team,
    description,
    version,
    supportedInterfaces: [
      { url: new URL(`/a2a/${team}`, url).href, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    ],
    capabilities: {
      streaming: true,
      pushNotifications: pushes,
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
