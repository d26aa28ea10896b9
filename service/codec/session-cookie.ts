import type { CodecAccess } from './access.ts';

const NAME = 'baton-codec';

/** The session that a request's `Cookie` header carries; its value is never anything but base64url. */
export function sessionOf(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === NAME && value !== undefined && /^[A-Za-z0-9_-]{1,100}$/.test(value)) return value;
  }
  return undefined;
}

/** A `Set-Cookie` header that keeps a session, or, without one, ends it. No script of any page can read it. */
export function sessionCookie(access: CodecAccess, session: string | undefined): string {
  const seconds = session === undefined ? 0 : access.sessionMinutes * 60;
  // A UI on another site needs `None`, which browsers take with TLS only.
  const reach = access.cookie === 'https' ? 'SameSite=None; Secure' : 'SameSite=Lax';
  return `${NAME}=${session ?? ''}; Path=/; HttpOnly; ${reach}; Max-Age=${String(seconds)}`;
}
