import { parseOptions } from '../../../examples/evals/tau2-retail/options.ts';

describe('the command line of the eval', () => {
  it('reads everything', () => {
    const args = ['--data', 'd', '--tasks', '0, 2', '--abort-after', '1', '--faults', 'F01,F22'];
    expect(parseOptions([...args, '--seed', '7', '--concurrency', '2', '--json'])).toEqual({
      data: 'd',
      tasks: ['0', '2'],
      abortAfter: 1,
      faults: ['F01', 'F22'],
      seed: 7,
      concurrency: 2,
      json: true,
    });
  });

  it.each<[string, readonly string[], string]>([
    ['no folder', [], '--data'],
    ['an unknown option', ['--data', 'd', '--task', '1'], '--task'],
    ['an empty task', ['--data', 'd', '--tasks', '1,,2'], '--tasks'],
    ['no effect', ['--data', 'd', '--abort-after', '0'], '--abort-after'],
    ['a fraction', ['--data', 'd', '--abort-after', '1.5'], '--abort-after'],
    ['an unknown fault', ['--data', 'd', '--faults', 'F99'], 'F01, F03, F07, F22'],
    ['a word for a seed', ['--data', 'd', '--seed', 'x'], '--seed'],
    ['too many at once', ['--data', 'd', '--concurrency', '1000'], '--concurrency'],
  ])('refuses %s and names the option', (_what, args, named) => {
    expect(() => parseOptions(args)).toThrow(named);
  });
});
