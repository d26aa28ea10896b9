import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';

/** Whose tokens count. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
}

/**
 * Checks tokens of an identity provider against its published keys.
 * @returns a function that gives the claims of a good token, and undefined for any other
 */
export function tokenChecker(provider: IdentityProvider): (token: string) => Promise<JWTPayload | undefined> {
  const keys = createRemoteJWKSet(new URL(provider.jwksUri));
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: provider.issuer,
        audience: provider.audience,
        // Signatures of the provider's own keys only; a shared secret is none.
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
        requiredClaims: ['sub', 'exp'],
      });
      return payload;
    } catch {
      return undefined;
    }
  };
}
