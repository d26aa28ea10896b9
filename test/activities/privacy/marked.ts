import type { Finding } from '../../../activities/privacy/finding.ts';

/** A text with its personal data as `[kind|value]`: what a detector's findings look like, and what tests are written in. */
export function marked(text: string, findings: readonly Finding[]): string {
  let at = 0;
  let shown = '';
  for (const { kind, start, end } of findings) {
    shown += `${text.slice(at, start)}[${kind}|${text.slice(start, end)}]`;
    at = end;
  }
  return shown + text.slice(at);
}

/** The text alone. */
export function unmarked(shown: string): string {
  return shown.replace(/\[[a-z-]+\|([^\]]*)\]/g, '$1');
}
