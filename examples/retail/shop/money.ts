/** Rounds dollars to cents. */
export function roundToCents(dollars: number): number {
  // toFixed works on the exact binary value, where scaling by 100 would round a product that is already rounded.
  const rounded = Number(dollars.toFixed(2));
  return Object.is(rounded, -0) ? 0 : rounded;
}
