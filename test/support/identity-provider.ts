import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';

/** Who vouches for people by tokens: publishes its key at `/jwks`, under the id `p1`. */
export interface IdentityProvider {
  /** Its address, which is its name in tokens too. */
  readonly issuer: string;
  /** What it signs tokens with (ES256). */
  readonly key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly close: () => void;
}

/** Starts an identity provider on a free port of this host. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'p1', alg: 'ES256' }] });
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(jwks),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    issuer: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    key: privateKey,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
