import { measureTechniques } from '../../bench/technique-times.ts';

test('a reference spares the history what it refers to, a filtered view and a mask do not', async () => {
  const rows = new Map((await measureTechniques(3)).map((row) => [row.metric, row]));
  const names = ['selected', 'summary', 'filtered', 'masked', 'reference', 'masked-kept'];
  expect([...rows.keys()]).toEqual(
    ['ms', 'bytes'].flatMap((kind) => names.map((name) => `technique_${kind}_${name}`)),
  );
  const ratio = (name: string): number => rows.get(`technique_bytes_${name}`)?.ratio ?? Number.NaN;
  expect(rows.get('technique_bytes_selected')).toMatchObject({ raw: null, ratio: null });
  expect(ratio('reference')).toBeLessThan(0.1);
  expect(ratio('masked-kept')).toBeGreaterThan(ratio('reference'));
  expect(ratio('masked-kept')).toBeLessThan(0.1);
  expect(ratio('filtered')).toBe(1);
  expect(ratio('summary')).toBeGreaterThan(1);
  for (const name of names) expect(rows.get(`technique_ms_${name}`)?.baton).toBeGreaterThan(0);
});
