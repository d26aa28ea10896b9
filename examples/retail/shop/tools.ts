import { calculate } from './calculate.ts';
import { cancelPendingOrder } from './cancel-pending-order.ts';
import { exchangeDeliveredOrderItems } from './exchange-delivered-order-items.ts';
import { findUserIdByEmail } from './find-user-id-by-email.ts';
import { findUserIdByNameZip } from './find-user-id-by-name-zip.ts';
import { getItemDetails } from './get-item-details.ts';
import { getOrderDetails } from './get-order-details.ts';
import { getProductDetails } from './get-product-details.ts';
import { getUserDetails } from './get-user-details.ts';
import { listAllProductTypes } from './list-all-product-types.ts';
import { modifyPendingOrderAddress } from './modify-pending-order-address.ts';
import { modifyPendingOrderItems } from './modify-pending-order-items.ts';
import { modifyPendingOrderPayment } from './modify-pending-order-payment.ts';
import { modifyUserAddress } from './modify-user-address.ts';
import { returnDeliveredOrderItems } from './return-delivered-order-items.ts';
import type { Change, LookUp } from './shop-tool.ts';

/** A tool of the shop whose input type is hidden; its schema guards it. */
export type ShopTool = LookUp<never> | Change<never>;

const TOOLS = [
  findUserIdByEmail,
  findUserIdByNameZip,
  getUserDetails,
  getOrderDetails,
  getProductDetails,
  getItemDetails,
  listAllProductTypes,
  calculate,
  cancelPendingOrder,
  modifyPendingOrderAddress,
  modifyPendingOrderItems,
  modifyPendingOrderPayment,
  modifyUserAddress,
  returnDeliveredOrderItems,
  exchangeDeliveredOrderItems,
];

/** Every tool of the shop: look-ups first, then what writes. */
export function shopTools(): readonly ShopTool[] {
  return TOOLS as unknown as readonly ShopTool[];
}
