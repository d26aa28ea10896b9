/** A 64-bit number as a JavaScript number; 0 where it is absent. Event ids and seconds are well below 2^53. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return Number(value);
  if (typeof value === 'object' && value !== null && 'low' in value && 'high' in value) {
    return Number(value.high) * 2 ** 32 + (Number(value.low) >>> 0);
  }
  return 0;
}

/** A duration or instant of protocol buffers in milliseconds, fractions kept; undefined where it is absent. */
export function millisecondsOf(
  value: { readonly seconds?: unknown; readonly nanos?: unknown } | null | undefined,
): number | undefined {
  return value ? numberOf(value.seconds) * 1_000 + numberOf(value.nanos) / 1e6 : undefined;
}
