/**
 * Stands in for zod where memory is measured without it: every builder answers the same object, which lets every
 * value through as it is.
 */
const schema: unknown = new Proxy(() => schema, {
  get: (_target, name) => {
    if (name === 'safeParse') return (value: unknown) => ({ success: true, data: value });
    return name === 'prototype' || typeof name === 'symbol' ? undefined : schema;
  },
});

/** What the contract imports. Not exported as the proxy itself: the sandbox freezes what exports reach. */
export const z = new Proxy({}, { get: () => schema });
