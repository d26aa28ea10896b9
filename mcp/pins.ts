import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { digestOf } from '../contract/digest.ts';
import { BatonError, failure } from '../contract/failures.ts';
import type { JsonObject } from '../contract/json.ts';
import { getOwn } from '../contract/json.ts';

const Offer = z.object({
  description: z.string().default(''),
  inputSchema: z.record(z.string(), z.json()),
  outputSchema: z.record(z.string(), z.json()).optional(),
});
/** What a server says of one of its tools, as far as agents and people rely on it. */
export type McpOffer = z.output<typeof Offer>;

const Pins = z.object({
  version: z.literal(1),
  /** What the server said of itself when it was pinned: for people, not compared. */
  server: z.object({ name: z.string(), version: z.string() }),
  tools: z.record(z.string(), Offer.extend({ digest: z.string().regex(/^[0-9a-f]{64}$/) })),
});
/**
 * Tools of a server as somebody looked at them: what a team is built from, so that nobody changes a tool under a
 * running case ("rug pull") or slips one in. Kept in a file beside the team's code.
 */
export type McpPins = z.output<typeof Pins>;

/** What a server lists of a tool, without what nobody relies on. Throws for what is no tool. */
export function readOffer(tool: unknown): McpOffer {
  return Offer.parse(tool);
}

/** Digest of an offer: description and schemas, for a model acts on all of them. */
export function offerDigest(name: string, offer: McpOffer): string {
  const { description, inputSchema, outputSchema } = offer;
  return digestOf({ name, description, inputSchema, ...(outputSchema ? { outputSchema } : {}) });
}

/** Pins all offers of a server. */
export function pinOffers(
  server: { readonly name: string; readonly version: string },
  offers: ReadonlyMap<string, McpOffer>,
): McpPins {
  const tools = [...offers]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, offer]) => [name, { ...offer, digest: offerDigest(name, offer) }] as const);
  return {
    version: 1,
    server: { name: server.name, version: server.version },
    tools: Object.fromEntries(tools),
  };
}

/** How a server differs from its pins. */
export interface McpDifferences {
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  /** Offered and not pinned: no agent can call them. */
  readonly added: readonly string[];
}

/** Holds what a server offers against its pins. */
export function compareOffers(pins: McpPins, offers: ReadonlyMap<string, McpOffer>): McpDifferences {
  const names = Object.keys(pins.tools);
  return {
    changed: names.filter((name) => {
      const offer = offers.get(name);
      return offer !== undefined && offerDigest(name, offer) !== pins.tools[name]?.digest;
    }),
    gone: names.filter((name) => !offers.has(name)),
    added: [...offers.keys()].filter((name) => getOwn(pins.tools, name) === undefined),
  };
}

/**
 * Reads a file that `baton mcp pin` wrote.
 * @throws BatonError `MCP_PINS_INVALID` for a file that is missing, of another shape, or changed by hand
 */
export function readMcpPins(file: string): McpPins {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (thrown) {
    throw invalid(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, 'file');
  }
  const parsed = Pins.safeParse(value);
  if (!parsed.success) throw invalid(`${file}: ${z.prettifyError(parsed.error)}`, 'file');
  for (const [name, tool] of Object.entries(parsed.data.tools))
    if (offerDigest(name, tool) !== tool.digest)
      throw invalid(`${file}: tools.${name} is not what its digest says`, `tools.${name}.digest`);
  return parsed.data;
}

/** An input schema without one property, which agents neither see nor fill. */
export function withoutProperty(schema: JsonObject, property: string): JsonObject {
  const { properties, required, ...rest } = schema;
  const kept = Object.entries((properties ?? {}) as JsonObject).filter(([name]) => name !== property);
  return {
    ...rest,
    properties: Object.fromEntries(kept),
    ...(Array.isArray(required) ? { required: required.filter((name) => name !== property) } : {}),
  };
}

function invalid(detail: string, field: string): BatonError {
  return new BatonError(failure('MCP_PINS_INVALID', detail, field));
}
