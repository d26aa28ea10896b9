import { Role, type Message, type SendMessageRequest } from '@a2a-js/sdk';
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  type Client,
} from '@a2a-js/sdk/client';
import type { FastifyInstance } from 'fastify';
import type { Team } from '../../activities/define-team.ts';
import { createBatonClient, type BatonClient, type BatonClientOptions } from '../../client/index.ts';
import { freePort } from '../../scripts/ports.ts';
import { createService, type ServiceOptions } from '../../service/http/create-service.ts';
import { openBed, type Bed, type BedOptions } from '../support/bed.ts';
import { accessForAll, keyOf, type PrincipalName } from './principals.ts';

/** A team of a test, served as an agent of A2A by a service that listens. */
export interface ServedHouse {
  readonly bed: Bed;
  readonly baton: BatonClient;
  readonly app: FastifyInstance;
  /** Address of the agent: requests go there, the card is below. */
  readonly url: string;
  /** The official SDK's client, as one of the principals. */
  readonly clientOf: (principal: PrincipalName) => Promise<Client>;
  readonly close: () => Promise<void>;
}

/** Starts workers and a service for a team. */
export async function serveHouse(
  team: Team,
  options: {
    readonly bed?: Partial<BedOptions>;
    /** What the service's client knows besides. */
    readonly client?: Pick<BatonClientOptions, 'context' | 'privateTeams'>;
    readonly service?: (bed: Bed) => Partial<ServiceOptions> | Promise<Partial<ServiceOptions>>;
  } = {},
): Promise<ServedHouse> {
  const bed = await openBed({ teams: [team], ...options.bed });
  const made = createBatonClient({
    ...{ client: bed.client, ledger: bed.ledger, answerMs: 8_000 },
    ...options.client,
  });
  const queue = bed.caseQueue();
  const baton: BatonClient = { ...made, open: (input, more) => made.open(input, { ...more, queue }) };
  const port = await freePort();
  const origin = `http://127.0.0.1:${String(port)}`;
  const app = await createService({
    baton,
    access: accessForAll(),
    a2a: [{ team: team.name, description: 'Looks after parcels', version: '1.0.0', url: origin }],
    ...(await options.service?.(bed)),
  });
  await app.listen({ port, host: '127.0.0.1' });
  const url = `${origin}/a2a/${team.name}`;
  return {
    ...{ bed, baton, app, url },
    clientOf: (principal) => sdkClientAt(url, keyOf(principal)),
    close: async () => {
      await app.close();
      await bed.close();
    },
  };
}

/** The official SDK's client of an agent, with a key of ours. */
export async function sdkClientAt(url: string, key: string): Promise<Client> {
  const fetchImpl: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${key}`);
    return fetch(input, { ...init, headers });
  };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the SDK declares options as a class
  const transports = [new JsonRpcTransportFactory({ fetchImpl })];
  const cardResolver = new DefaultAgentCardResolver({ fetchImpl });
  return new ClientFactory({ transports, cardResolver }).createFromUrl(
    `${url}/.well-known/agent-card.json`,
    '',
  );
}

/** A request that says something, as the SDK wants it. */
export function saying(messageId: string, text: string, more: Partial<Message> = {}): SendMessageRequest {
  return {
    tenant: '',
    message: {
      messageId,
      contextId: 'context-1',
      taskId: '',
      role: Role.ROLE_USER,
      parts: [{ content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: '' }],
      metadata: undefined,
      extensions: [],
      referenceTaskIds: [],
      ...more,
    },
    configuration: undefined,
    metadata: undefined,
  };
}
