import { moduleGraph } from '../workflows/module-graph.ts';

test('help and refusals come at once: before a command runs, nothing is loaded that only some commands need', () => {
  const graph = moduleGraph('command/main.ts');
  expect(graph.length).toBeGreaterThan(20);
  const packages = new Set(graph.flatMap((one) => one.packages).filter((name) => !name.startsWith('node:')));
  expect([...packages]).toEqual(['commander']);
});
