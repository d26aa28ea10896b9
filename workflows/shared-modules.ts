import { parseCaseInput } from '../contract/case.ts';
import { failureCodes } from '../contract/failures.ts';
import { parseSay } from '../contract/message-shapes.ts';
import { parseRelease } from '../contract/staff-shapes.ts';
import { isPoison } from '../contract/poison.ts';
import { parseDecision } from '../contract/decision.ts';
import { isSignedBy } from '../contract/signature.ts';
import { parseTeamManifest } from '../contract/team.ts';
import { parseTicketMirror } from '../contract/tickets/mirror.ts';
import { parseWebhookDelivery } from '../contract/webhooks/delivery.ts';
import { decide } from './decide/decide.ts';

/**
 * Evaluated once for all cached workflows instead of once for each: the contract with its schemas, and the pure
 * core. Whatever this module reaches exports functions and frozen data only, and keeps no state but answers of pure
 * functions.
 */
export function sharedModules(): readonly unknown[] {
  return [
    parseCaseInput,
    failureCodes,
    parseSay,
    parseRelease,
    isPoison,
    parseDecision,
    isSignedBy,
    parseTeamManifest,
    parseTicketMirror,
    parseWebhookDelivery,
    decide,
  ];
}
