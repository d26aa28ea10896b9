import { randomBytes } from 'node:crypto';
import { tokenChecker } from '../access/identity-provider.ts';
import { personOfToken, type CodecAccess } from './access.ts';

/** Who asks, once it is known. */
export interface Asker {
  readonly name: string;
  /** A browser sends cookies by itself, so whoever comes by one must also come from an allowed page. */
  readonly by: 'token' | 'oidc' | 'cookie';
}

/** Tells who asks by what a request carries. */
export interface Authenticator {
  /** The asker of an `Authorization` header, else of a session; undefined for nobody we know. */
  askerOf(authorization: string | undefined, session: string | undefined): Promise<Asker | undefined>;
  /** Opens a session for whoever has the token; undefined for a wrong one. */
  signIn(token: string): string | undefined;
  signOut(session: string): void;
}

const SESSIONS_AT_MOST = 10_000;

/** An authenticator over what the access allows. Sessions are in memory: a restart asks people to sign in again. */
export function createAuthenticator(access: CodecAccess, now: () => number = Date.now): Authenticator {
  const sessions = new Map<string, { readonly name: string; readonly until: number }>();
  const { oidc } = access;
  const check = oidc && tokenChecker(oidc);

  async function subjectOf(token: string): Promise<Asker | undefined> {
    const { sub } = (await check?.(token)) ?? {};
    if (sub === undefined || (oidc?.subjects && !oidc.subjects.includes(sub))) return undefined;
    return { name: sub, by: 'oidc' };
  }

  return {
    askerOf: async (authorization, session) => {
      if (authorization !== undefined) {
        const [, token] = /^Bearer (\S+)$/i.exec(authorization) ?? [];
        if (token === undefined) return undefined;
        const name = personOfToken(access, token);
        return name === undefined ? subjectOf(token) : { name, by: 'token' };
      }
      const known = session === undefined ? undefined : sessions.get(session);
      return known && known.until > now() ? { name: known.name, by: 'cookie' } : undefined;
    },
    signIn: (token) => {
      const name = personOfToken(access, token);
      if (name === undefined) return undefined;
      for (const [id, { until }] of sessions) if (until <= now()) sessions.delete(id);
      const [oldest] = sessions.keys();
      if (sessions.size >= SESSIONS_AT_MOST && oldest !== undefined) sessions.delete(oldest);
      const id = randomBytes(32).toString('base64url');
      sessions.set(id, { name, until: now() + access.sessionMinutes * 60_000 });
      return id;
    },
    signOut: (session) => void sessions.delete(session),
  };
}
