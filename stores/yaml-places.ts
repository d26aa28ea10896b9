import { isMap, isScalar, type Document } from 'yaml';

/** Where a field's name stands, or that of the nearest thing around it: a missing field has no place. */
export function offsetOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const name = path[length - 1];
    const holder: unknown =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(holder)) {
      const key: unknown = holder.items.find(
        (pair) => isScalar(pair.key) && String(pair.key.value) === String(name),
      )?.key;
      if (isScalar(key) && key.range) return key.range[0];
      continue;
    }
    const node: unknown = document.getIn(path.slice(0, length), true);
    const offset = startOf(node);
    if (offset !== undefined) return offset;
  }
  return startOf(document.contents) ?? 0;
}

function startOf(node: unknown): number | undefined {
  const range: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'range') : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
}
