/** Holds work back at named points until the test lets it go on. */
export interface Gates {
  /** For the work: says that it is here, and waits until the gate is opened or `signal` aborts. */
  readonly pass: (name: string, signal?: AbortSignal) => Promise<void>;
  /** For the test: waits until the work has come to the gate. */
  readonly reached: (name: string) => Promise<void>;
  /** For the test: lets through whoever is there and whoever comes later. */
  readonly open: (name: string) => void;
}

/** Gates that exist as soon as either side speaks of them. */
export function createGates(): Gates {
  const gates = new Map<string, { reached: PromiseWithResolvers; open: PromiseWithResolvers }>();
  const gate = (name: string): { reached: PromiseWithResolvers; open: PromiseWithResolvers } => {
    const made = gates.get(name) ?? { reached: withResolvers(), open: withResolvers() };
    gates.set(name, made);
    return made;
  };
  return {
    pass: async (name, signal) => {
      gate(name).reached.resolve();
      const aborted = withResolvers();
      signal?.addEventListener('abort', aborted.resolve, { once: true });
      if (signal?.aborted === true) return;
      await Promise.race([gate(name).open.promise, aborted.promise]);
    },
    reached: (name) => gate(name).reached.promise,
    open: (name) => {
      gate(name).open.resolve();
    },
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
