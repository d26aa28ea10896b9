import { getOwn } from '../../contract/json.ts';
import type { LedgerRow } from '../../contract/ledger.ts';
import { addLostTo, addTold, bySkill, type Spend, type SpendBySkill } from '../../contract/model-usage.ts';

/** What models took in some cases, by agent and by skill; what belongs to no skill is told, too (A3). */
export type SpendFigures = Pick<SpendBySkill, 'total' | 'agents' | 'skills' | 'unattributed'>;

/** What models took in a case, as its rows tell; undefined where they tell of none. */
export function spendIn(rows: readonly LedgerRow[]): SpendFigures | undefined {
  let total: Spend | undefined;
  const agents: Record<string, Spend> = {};
  const skills: Record<string, Spend> = {};
  for (const { content } of rows) {
    const one = addTold(undefined, content);
    if (!one) continue;
    total = addLostTo(total, one);
    addTo(agents, content['agent'], one);
    addTo(skills, content['skill'], one);
  }
  return total && figures({ total, agents, skills });
}

/** The same of several cases together. */
export function spendTogether(cases: readonly (SpendFigures | undefined)[]): SpendFigures | undefined {
  let total: Spend | undefined;
  const agents: Record<string, Spend> = {};
  const skills: Record<string, Spend> = {};
  for (const one of cases.flatMap((spend) => spend ?? [])) {
    total = addLostTo(total, one.total);
    for (const [name, spend] of Object.entries(one.agents)) addTo(agents, name, spend);
    for (const [name, spend] of Object.entries(one.skills)) addTo(skills, name, spend);
  }
  return total && figures({ total, agents, skills });
}

function figures(sums: Pick<SpendFigures, 'total' | 'agents' | 'skills'>): SpendFigures {
  const { total, agents, skills, unattributed } = bySkill({ ...sums, handoffs: {} });
  return { total, agents, skills, unattributed };
}

function addTo(sums: Record<string, Spend>, name: unknown, spend: Spend): void {
  if (typeof name !== 'string') return;
  const value = addLostTo(getOwn(sums, name), spend);
  Object.defineProperty(sums, name, { value, enumerable: true, writable: true, configurable: true });
}
