/**
 * "Use this, else that, else the next": finds a tool by trying several ways in order, remembering why each one
 * did not work, so that the last word is a list a person can act on.
 */

/** What one way came to. */
export type Attempt =
  { readonly kind: 'found'; readonly path: string } | { readonly kind: 'failed'; readonly why: string };

/** One way of getting hold of a tool. */
export interface Way {
  /** Named in messages: "temporal on the PATH". */
  readonly name: string;
  readonly attempt: () => Promise<Attempt>;
}

/** Stable codes of what these scripts refuse with. */
export type ToolErrorCode =
  | 'TEMPORAL_SERVER_UNAVAILABLE'
  | 'TEMPORAL_SERVER_UNREACHABLE'
  | 'TEMPORAL_SERVER_FAILED'
  | 'TIME_SKIPPING_SERVER_UNAVAILABLE'
  | 'POSTGRES_UNAVAILABLE'
  | 'POSTGRES_FAILED'
  | 'REDIS_UNAVAILABLE'
  | 'REDIS_FAILED'
  | 'CHROMIUM_UNAVAILABLE';

/** An error of these scripts: `code` is stable, the message says what was tried and what to do. */
export type ToolError = Error & { readonly code: ToolErrorCode };

/** Makes a {@link ToolError}. */
export function toolError(code: ToolErrorCode, message: string): ToolError {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

/** A way that did not work. */
export function failed(why: string): Attempt {
  return { kind: 'failed', why };
}

/** A way that worked. */
export function found(path: string): Attempt {
  return { kind: 'found', path };
}

/** What {@link firstThatWorks} needs to word its refusal. */
export interface Search {
  readonly code: ToolErrorCode;
  /** "No Temporal server could be found or obtained." */
  readonly problem: string;
  /** What the reader should do, one line each. */
  readonly remedies: readonly string[];
  readonly ways: readonly Way[];
}

/**
 * Tries the ways in order and returns the path found by the first that works.
 * Throws a {@link ToolError} that lists every way with its reason, and the remedies.
 */
export async function firstThatWorks(search: Search): Promise<string> {
  const tried: string[] = [];
  for (const way of search.ways) {
    const attempt = await way.attempt().catch((error: unknown) => failed(reasonOf(error)));
    if (attempt.kind === 'found') return attempt.path;
    tried.push(`  - ${way.name}: ${attempt.why}`);
  }
  throw toolError(
    search.code,
    [
      search.problem,
      'Tried:',
      ...tried,
      'Any one of these helps:',
      ...search.remedies.map((remedy) => `  - ${remedy}`),
    ].join('\n'),
  );
}

/** The message of anything thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, '; ');
}
