import { readFile } from 'node:fs/promises';
import { failureCodes } from '../../contract/failures.ts';
import {
  caseTransitions,
  handoffTransitions,
  moveCase,
  moveHandoff,
  type CaseStage,
  type HandoffStatus,
} from '../../contract/lifecycle.ts';
import { generatedPages } from '../../scripts/generated-pages.ts';

describe('pages made from the code', () => {
  it.each(Object.entries(generatedPages()))('%s is what `npm run docs` writes', async (path, text) => {
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('lists every failure code once', () => {
    const listed = [...(generatedPages()['docs/failures.md'] ?? '').matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(
      (match) => match[1],
    );
    expect(listed).toEqual(failureCodes());
  });
});

describe('transitions (T9)', () => {
  const statuses = Object.keys(handoffTransitions()) as HandoffStatus[];
  const stages = Object.keys(caseTransitions()) as CaseStage[];

  it.each(statuses.flatMap((from) => statuses.map((to) => [from, to] as const)))(
    'handoff %s -> %s',
    (from, to) => {
      if (handoffTransitions()[from].includes(to)) expect(moveHandoff(from, to)).toBe(to);
      else expect(() => moveHandoff(from, to)).toThrow(RangeError);
    },
  );

  it.each(stages.flatMap((from) => stages.map((to) => [from, to] as const)))('case %s -> %s', (from, to) => {
    if (from === to || caseTransitions()[from].includes(to)) expect(moveCase(from, to)).toBe(to);
    else expect(() => moveCase(from, to)).toThrow(RangeError);
  });
});
