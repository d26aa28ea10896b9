import { createHmac, timingSafeEqual } from 'node:crypto';

/** A hook as it came. */
export interface SignedHook {
  /** The bytes of the body, before anything parses them. */
  readonly body: string;
  /** `X-Zendesk-Webhook-Signature-Timestamp`: ISO 8601. */
  readonly timestamp: string | undefined;
  /** `X-Zendesk-Webhook-Signature`: HMAC-SHA256 of timestamp and body, in base64. */
  readonly signature: string | undefined;
}

/** How far the clocks may be apart, in milliseconds; what is older was kept by somebody. */
const TOLERANCE_MS = 300_000;

/**
 * Whether a hook was signed with one of the secrets, and just now
 * (https://developer.zendesk.com/documentation/webhooks/verifying/).
 */
export function isSignedHook(
  { body, timestamp = '', signature = '' }: SignedHook,
  { secrets, now }: { readonly secrets: readonly string[]; readonly now: number },
): boolean {
  const at = Date.parse(timestamp);
  if (Number.isNaN(at) || Math.abs(now - at) > TOLERANCE_MS) return false;
  const given = Buffer.from(signature, 'base64');
  let isSigned = false;
  // All of them, so that time does not tell which.
  for (const secret of secrets) {
    const own = createHmac('sha256', secret)
      .update(timestamp + body)
      .digest();
    if (own.length === given.length && timingSafeEqual(own, given)) isSigned = true;
  }
  return isSigned;
}
