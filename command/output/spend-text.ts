import type { CaseSpend, Spend, SpendBySkill } from '../../contract/model-usage.ts';
import { inert } from './inert.ts';
import { counted } from './table.ts';

/** What models took, a line each: in all, by agent, by handoff, and by skill where there are any (A3). */
export function spendLines(
  spend: Pick<SpendBySkill, 'total' | 'agents'> & Partial<SpendBySkill>,
): readonly string[] {
  const { total, agents, handoffs = {}, skills = {}, unattributed } = spend;
  const skilled = linesOf(skills, 'skill ');
  return [
    line('in all', total),
    ...linesOf(agents),
    ...linesOf(handoffs),
    ...skilled,
    ...(skilled.length > 0 && unattributed && unattributed.calls > 0 ? [line('no skill', unattributed)] : []),
  ];
}

function linesOf(sums: CaseSpend['agents'], before = ''): readonly string[] {
  return Object.entries(sums).map(([name, one]) => line(`${before}${name}`, one));
}

function line(name: string, one: Spend): string {
  const usd = (one.microUsd / 1_000_000).toFixed(6);
  const unpriced = one.unpriced === 0 ? '' : `, ${counted(one.unpriced, 'call')} without a price`;
  const tokens = `${String(one.inputTokens)} tokens in, ${String(one.outputTokens)} out`;
  return inert(`${name}: ${counted(one.calls, 'call')}, ${tokens}, ${usd} USD${unpriced}`);
}
