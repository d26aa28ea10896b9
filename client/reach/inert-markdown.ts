/**
 * Text of users and agents as Markdown that shows what was written and does nothing: no links, images or markup come
 * alive in a viewer, and no character reorders or hides another.
 * @param limit longest text in UTF-16 units; the rest is cut
 */
export function inertMarkdown(text: string, limit = 1_000): string {
  return text
    .slice(0, limit)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!<>|~]/g, '\\$&');
}
