import { z } from 'zod';
import { envelopeSchema } from '../../contract/envelope.ts';
import { exportsOf, moduleGraph } from './module-graph.ts';

const PRELOADED = 'workflows/shared-modules.ts';
const preloaded = moduleGraph(PRELOADED, 'contract/payload-converter.ts');

/** What must not be reachable: the SDK freezes it (a frozen schema breaks), or cannot, and cases would share it. */
function faultOf(value: object): string | undefined {
  if ('_zod' in value) return 'a zod schema, which breaks when it is frozen';
  if (value instanceof Map || value instanceof Set || value instanceof WeakMap || value instanceof WeakSet)
    return 'a collection, which all cases of a worker would share';
  if (value instanceof RegExp && (value.global || value.sticky))
    return 'a pattern that keeps its place, which is not written when it is frozen';
  return undefined;
}

/** Paths of everything below a value that may not be there. Like the SDK, it does not look into closures. */
function faultsBelow(value: unknown, path: string, seen = new Set<object>()): readonly string[] {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value))
    return [];
  seen.add(value);
  const fault = faultOf(value);
  if (fault !== undefined) return [`${path} is ${fault}`];
  return Reflect.ownKeys(value).flatMap((name) => {
    const property = Reflect.getOwnPropertyDescriptor(value, name);
    const own: unknown = property?.value;
    // A getter of an export is read as the SDK reads it; `caller` and the like of functions are not.
    const read: unknown = own ?? (typeof value === 'function' ? undefined : Reflect.get(value, name));
    return faultsBelow(read, `${path}.${String(name)}`, seen);
  });
}

test('the modules that all cases of a worker share are found, and none that only lends types', () => {
  const files = preloaded.map((one) => one.file);
  expect(files).toEqual(
    expect.arrayContaining([
      'contract/envelope.ts',
      'contract/words.ts',
      'contract/review.ts',
      'workflows/decide/decide.ts',
    ]),
  );
  expect(files).not.toContain('contract/ports.ts');
});

test.each(preloaded.map((one) => one.file))('%s exports no schema and keeps no state', async (file) => {
  expect(faultsBelow(await exportsOf(file), file)).toEqual([]);
});

test('what evaluates schemas in the sandbox is shared, instead of being built anew for each cached case', () => {
  const shared = new Set(preloaded.map((one) => one.file));
  const all = moduleGraph('workflows/index.ts');
  expect(all.map((one) => one.file)).toContain('contract/envelope.ts');
  const alone = all.filter(({ file, packages }) => packages.includes('zod') && !shared.has(file));
  expect(alone.map((one) => one.file)).toEqual([]);
});

describe('the walk', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a schema', { Planted: z.string() }, 'm.Planted is a zod schema'],
    ['a schema in a list', { all: [1, { deep: z.object({}) }] }, 'm.all.1.deep is a zod schema'],
    ['a schema on a function', { parse: Object.assign(() => 1, { schema: z.string() }) }, 'm.parse.schema'],
    ['a schema under a symbol', { [Symbol('hidden')]: z.string() }, 'm.Symbol(hidden)'],
    [
      'a schema behind a getter',
      Object.defineProperty({}, 'late', { get: () => z.string(), enumerable: true }),
      'm.late',
    ],
    ['a collection', { known: new Map() }, 'm.known is a collection'],
    ['a pattern with a place', { word: /a/g }, 'm.word is a pattern'],
  ])('finds %s', (_, planted, words) => {
    expect(faultsBelow(planted, 'm')).toEqual([expect.stringContaining(words)]);
  });

  test('lets a function give a schema out', () => {
    expect(faultsBelow({ envelopeSchema, plain: /a/u, text: 'x', list: [1] }, 'm')).toEqual([]);
  });
});
