import { getOwn } from '../../../contract/json.ts';
import type { Order, OrderItem, RecordReader, Variant } from './records.ts';
import { findProduct } from './records.ts';
import { refuse } from './refusal.ts';

/** One item of an order and the variant of the same product that takes its place. */
export interface Replacement {
  /** Place of the item in the order. */
  readonly position: number;
  readonly item: OrderItem;
  readonly variant: Variant;
}

/**
 * Places of items in an order, an item asked for twice at two places. Refused when the order has fewer of them.
 * @param refusal what to say of an item id that the order lacks
 */
export function findPlaces(
  order: Order,
  itemIds: readonly string[],
  refusal: (itemId: string) => string,
): readonly number[] {
  if (itemIds.length === 0) refuse('wrong-items', 'No item given');
  const free = order.items.map((item, position) => ({ id: item.item_id, position }));
  return itemIds.map((itemId) => {
    const index = free.findIndex((place) => place.id === itemId);
    const [place] = index < 0 ? [] : free.splice(index, 1);
    return place ? place.position : refuse('wrong-items', refusal(itemId));
  });
}

/**
 * Pairs items with their replacements. Refused unless each new item is another available variant of the same
 * product.
 */
export async function findReplacements(
  records: RecordReader,
  order: Order,
  wanted: { readonly itemIds: readonly string[]; readonly newItemIds: readonly string[] },
): Promise<readonly Replacement[]> {
  const places = findPlaces(order, wanted.itemIds, (itemId) => `Number of ${itemId} not found.`);
  if (wanted.newItemIds.length !== places.length) {
    refuse('wrong-items', 'The number of items to be exchanged should match.');
  }
  const replacements: Replacement[] = [];
  for (const [index, position] of places.entries()) {
    const item = order.items[position];
    const newItemId = wanted.newItemIds[index];
    if (!item || newItemId === undefined) throw new RangeError(`the order has no place ${position}`);
    if (item.item_id === newItemId) {
      refuse('wrong-items', 'The new item id should be different from the old item id');
    }
    const { variants } = await findProduct(records, item.product_id);
    const variant = getOwn(variants, newItemId) ?? refuse('wrong-items', 'Variant not found');
    if (!variant.available) refuse('wrong-items', `New item ${newItemId} not found or available`);
    replacements.push({ position, item, variant });
  }
  return replacements;
}

/** What the replacements cost more than the items, in dollars; negative when they cost less. Not rounded. */
export function priceDifference(replacements: readonly Replacement[]): number {
  return replacements.reduce((sum, { item, variant }) => sum + (variant.price - item.price), 0);
}
