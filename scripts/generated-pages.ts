import { failureCodes, failureEntry } from '../contract/failures.ts';
import { openApiText } from '../service/http/openapi-text.ts';
import { protoText, publishedSchemas } from '../schemas/index.ts';
import { CONTRACT_VERSION } from '../contract/versions.ts';
import { caseTransitions, handoffTransitions } from '../contract/lifecycle.ts';

/** The pages that are made from the code, by path from the project's root. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    'docs/lifecycle.md': lifecyclePage(),
    'docs/failures.md': failuresPage(),
    'docs/openapi.json': openApiText(),
    ...schemaFiles(),
  };
}

/** The contract in the forms that others read; they ship with the package. */
function schemaFiles(): Readonly<Record<string, string>> {
  const folder = `schemas/published/${CONTRACT_VERSION}`;
  const files = publishedSchemas().map(({ name, schema }): [string, string] => [
    `${folder}/${name}.schema.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  return { ...Object.fromEntries(files), [`${folder}/baton.proto`]: protoText() };
}

function lifecyclePage(): string {
  return [
    '# Lifecycle',
    '',
    'Made from `contract/lifecycle.ts` by `npm run docs`; the workflow moves by the same tables, and any other transition is refused.',
    '',
    '## A handoff',
    '',
    ...diagram(handoffTransitions(), 'proposed'),
    '',
    '`accepted` is the change of owner. `declined` and `expired` are final unless the fallbacks are spent; then the handoff is `dead-lettered` and waits for a person.',
    '',
    '## A case',
    '',
    ...diagram(caseTransitions(), 'opening'),
    '',
    'The stage is the search attribute `BatonStage`. `pending` is an offer under way: the source still owns the case. `waiting-person` is an open review, `human` a person as owner, `parked` an open dead letter, `unwinding` the compensations, `closing` the last flush of the ledger. What an offer or a closing changes may trail the case by the `shownWithinMs` of its team (five seconds); whom it waits for is told at once.',
    '',
  ].join('\n');
}

function diagram(transitions: Readonly<Record<string, readonly string[]>>, start: string): string[] {
  const lines = ['```mermaid', 'stateDiagram-v2', `  [*] --> ${idOf(start)}`];
  for (const [from, targets] of Object.entries(transitions)) {
    if (from !== idOf(from)) lines.push(`  state "${from}" as ${idOf(from)}`);
    for (const to of targets) lines.push(`  ${idOf(from)} --> ${idOf(to)}`);
    if (targets.length === 0) lines.push(`  ${idOf(from)} --> [*]`);
  }
  return [...lines, '```'];
}

/** Names of states in Mermaid have no hyphens. */
function idOf(state: string): string {
  return state.replaceAll('-', '_');
}

function failuresPage(): string {
  const rows = failureCodes().map((code) => {
    const { message, retryable, next, remedy } = failureEntry(code);
    return `| \`${code}\` | ${message} | ${retryable ? 'yes' : 'no'} | ${next} | ${remedy} |`;
  });
  return [
    '# Failures',
    '',
    'Every way in which Baton says no or gives up, made from the catalogue by `npm run docs`. Codes are stable. A failure of a case adds what was wrong this time and, where there is one, the field.',
    '',
    '| code | what was wrong | retryable | who acts next | what to do |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
