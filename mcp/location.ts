/**
 * Where a server of the Model Context Protocol is: a program that speaks over its standard input and output, or an
 * address that speaks streamable HTTP.
 */
export type McpLocation =
  | {
      readonly kind: 'stdio';
      readonly command: string;
      readonly args?: readonly string[];
      /** Added to the few variables that such a program gets; it never sees the worker's own (secrets stay here). */
      readonly environment?: Readonly<Record<string, string>>;
      readonly folder?: string;
    }
  | {
      readonly kind: 'http';
      readonly url: string;
      /** Sent with every request, such as `authorization`; asked for at each connection, so that tokens may change. */
      readonly headers?: () => Readonly<Record<string, string>>;
    };

/** The location in a line, for messages: without variables, headers and what stands before the host of an address. */
export function locationText(location: McpLocation): string {
  switch (location.kind) {
    case 'stdio':
      return location.command;
    case 'http': {
      if (!URL.canParse(location.url)) return 'an address that is none';
      const { origin, pathname } = new URL(location.url);
      return `${origin}${pathname}`;
    }
  }
}
