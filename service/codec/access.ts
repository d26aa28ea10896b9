import { z } from 'zod';
import { BatonError, failure } from '../../contract/failures.ts';
import { holderOfToken, tokenDigestSchema } from '../access/token-holders.ts';
import { readConfiguration } from '../../security/configuration-file.ts';

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  message: 'an origin such as https://temporal.example.com, without a path',
});

const Access = z.object({
  version: z.literal('1.0.0'),
  /** Who may see clear text, each with a token of their own: for `--codec-auth` and for the sign-in page. */
  people: z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        /** SHA-256 of the token in hexadecimal. */
        tokenSha256: tokenDigestSchema(),
      }),
    )
    .max(10_000)
    .default([]),
  /** Tokens of an identity provider, as the Temporal UI passes them on. */
  oidc: z
    .object({
      issuer: z.url(),
      audience: z.string().min(1),
      jwksUri: z.url(),
      /** Subjects that may see clear text; all that the provider vouches for when absent. */
      subjects: z.array(z.string().max(500)).max(10_000).optional(),
    })
    .optional(),
  /** Origins of the UIs that may ask, exactly as a browser names them. */
  origins: z.array(origin).max(100).default([]),
  /** How long a sign-in lasts. */
  sessionMinutes: z.int().min(1).max(10_080).default(480),
  /** `https` where the endpoint stands behind TLS: the cookie is then `Secure` and crosses sites. */
  cookie: z.enum(['http', 'https']).default('http'),
  /** Requests of one address in a minute; sign-ins have a tenth of it. */
  requestsPerMinute: z.int().min(10).max(1_000_000).default(600),
});
/** Who may use a codec endpoint, and from where. */
export type CodecAccess = z.output<typeof Access>;

/**
 * Reads who may use the endpoint: JSON, or the path of a file with it.
 * @throws BatonError `CONFIGURATION_INVALID`; also where nobody at all could get in
 */
export function parseCodecAccess(value: string): CodecAccess {
  const access = readConfiguration(Access, value, { what: 'codec access', variable: 'BATON_CODEC_ACCESS' });
  if (access.people.length > 0 || access.oidc) return access;
  const detail = 'codec access: name people or an oidc provider: nobody could get in';
  throw new BatonError(failure('CONFIGURATION_INVALID', detail, 'BATON_CODEC_ACCESS'));
}

/** The person whose token it is. */
export function personOfToken(access: CodecAccess, token: string): string | undefined {
  return holderOfToken(access.people, (one) => one.tokenSha256, token)?.name;
}
