/** Something that several stores use together and that ends with the last of them. */
export interface SharedResource<Value> {
  readonly value: Value;
  /** Gives this use back; a second time is a no-op. */
  release(): Promise<void>;
}

/**
 * Resources by key, opened by the first who asks and closed by the last who leaves: the ledger and the manifests of
 * one URL share a connection.
 */
export function sharedResources<Value>(handlers: {
  readonly open: (key: string) => Promise<Value>;
  readonly close: (value: Value) => Promise<void>;
}): (key: string, open?: (key: string) => Promise<Value>) => Promise<SharedResource<Value>> {
  const entries = new Map<string, { users: number; readonly value: Promise<Value> }>();
  return async (key, open = handlers.open) => {
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { users: 0, value: open(key) };
      entries.set(key, entry);
    }
    const held = entry;
    held.users += 1;
    const leave = (): boolean => {
      held.users -= 1;
      if (held.users > 0) return false;
      if (entries.get(key) === held) entries.delete(key);
      return true;
    };
    const value = await held.value.catch((thrown: unknown) => {
      leave();
      throw thrown;
    });
    let released = false;
    return {
      value,
      release: async () => {
        if (released) return;
        released = true;
        if (leave()) await handlers.close(value);
      },
    };
  };
}
