import { takeSlot, type RateState, type ToolRates } from '../contract/rates.ts';
import { changeMeter, type MeterTable } from './meter-table.ts';

/** Rates of tools over any table of meters. */
export function toolRates(table: MeterTable): ToolRates {
  return {
    take: ({ tenant, bucket }, rate, key, at) =>
      changeMeter<RateState, number>(table, { kind: 'rate', tenant, name: bucket }, (before) => {
        const { state, waitMs } = takeSlot(before, rate, key, at);
        return { state, answer: waitMs };
      }),
    list: async () =>
      (await table.list('rate')).map((row) => {
        const [tenant = '', bucket = '', state = ''] = row.map(String);
        return { tenant, bucket, state: JSON.parse(state) as RateState };
      }),
    close: () => table.close(),
  };
}
