/** What can be wrong with what comes in. */
export const FAULTS = [
  'missing',
  'wrong type',
  'unknown version',
  '2.5 MB',
  '5 MB',
  'undecodable',
  'hostile text',
] as const;
export type Fault = (typeof FAULTS)[number];

/** One door: the file that tries it, and for each fault what is tried. These words are the titles of the tests. */
interface Row {
  readonly file: string;
  readonly tries: Readonly<Record<Fault, string>>;
}

/**
 * Every door by every fault. A cell is a test: whoever knocks gets a clear error that names field and remedy, or is
 * taken and shown as text; nothing is lost, and the door works afterwards.
 */
export const DOORS = {
  'command line': {
    file: 'command-line.server.test.ts',
    tries: {
      missing: 'an option that is required',
      'wrong type': 'a word where a number belongs',
      'unknown version': 'a case of version 9.0.0 on standard input',
      '2.5 MB': 'a message on standard input',
      '5 MB': 'a message on standard input',
      undecodable: 'facts that are no JSON',
      'hostile text': 'a message with terminal escapes, shown again',
    },
  },
  'files given to the command line': {
    file: 'command-line.server.test.ts',
    tries: {
      missing: 'a file that is not there',
      'wrong type': 'a case whose task is a number',
      'unknown version': 'a case of version 9.0.0',
      '2.5 MB': 'a case with large facts',
      '5 MB': 'a case with large facts',
      undecodable: 'bytes that are neither text nor JSON',
      'hostile text': 'a field whose name has terminal escapes',
    },
  },
  client: {
    file: 'client.server.test.ts',
    tries: {
      missing: 'a case without its team',
      'wrong type': 'a person who is a number',
      'unknown version': 'a case of version 9.0.0',
      '2.5 MB': 'a note of that size',
      '5 MB': 'a note of that size',
      undecodable: 'facts with a circle',
      'hostile text': 'a filter that would like to be a query',
    },
  },
  signal: {
    file: 'messages.server.test.ts',
    tries: {
      missing: 'a decision without its reason',
      'wrong type': 'a message whose text is a list',
      'unknown version': 'a signal that this release does not have',
      '2.5 MB': 'a message, from around our doors',
      '5 MB': 'a message, from around our doors',
      undecodable: 'an encrypted payload that nobody has the key for',
      'hostile text': 'a signal whose name is Markdown and escapes',
    },
  },
  update: {
    file: 'messages.server.test.ts',
    tries: {
      missing: 'a decision without its reason',
      'wrong type': 'a message whose text is a list',
      'unknown version': 'an update that this release does not have',
      '2.5 MB': 'a message, from around our doors',
      '5 MB': 'a message, from around our doors',
      undecodable: 'half a JSON document',
      'hostile text': 'a message with escapes and half a character',
    },
  },
  'agent output': {
    file: 'agent-output.server.test.ts',
    tries: {
      missing: 'a turn without an intent',
      'wrong type': 'a transfer to a number',
      'unknown version': 'a turn of version 9.0.0',
      '2.5 MB': 'an answer of that size',
      '5 MB': 'an answer of that size',
      undecodable: 'a turn with a circle in it',
      'hostile text': 'a transfer whose explanation is Markdown and escapes',
    },
  },
  'team definition': {
    file: 'team-definition.test.ts',
    tries: {
      missing: 'a team without edges',
      'wrong type': 'a limit that is a word',
      'unknown version': 'a manifest of version 9.0.0',
      '2.5 MB': 'an agent with a scope of that size',
      '5 MB': 'an agent with a scope of that size',
      undecodable: 'an agent that accepts what JSON Schema cannot say',
      'hostile text': 'an agent whose name is Markdown and escapes',
    },
  },
  'team modules': {
    file: 'team-modules.test.ts',
    tries: {
      missing: 'a module that is not there',
      'wrong type': 'a module whose teams are no list of teams',
      'unknown version': 'a module of a later release of Baton',
      '2.5 MB': 'a module with a team of that size',
      '5 MB': 'a module with a team of that size',
      undecodable: 'a module that is no JavaScript',
      'hostile text': 'a module that throws terminal escapes',
    },
  },
  'conversation files': {
    file: 'conversation-files.test.ts',
    tries: {
      missing: 'a conversation without its outcome',
      'wrong type': 'steps that are no list',
      'unknown version': 'a conversation with a version',
      '2.5 MB': 'a conversation of that size',
      '5 MB': 'a conversation of that size',
      undecodable: 'a file that is no JSON',
      'hostile text': 'words with terminal escapes, told as a story',
    },
  },
  'history files': {
    file: 'history-files.test.ts',
    tries: {
      missing: 'a file that is not there',
      'wrong type': 'events that are no list',
      'unknown version': 'a history of a workflow that is no case of this release',
      '2.5 MB': 'a history of that size, which is replayed',
      '5 MB': 'a history of that size, which is replayed',
      undecodable: 'a payload that nobody has the key for',
      'hostile text': 'a message of terminal escapes, told as the story',
    },
  },
} as const satisfies Readonly<Record<string, Row>>;
export type Door = keyof typeof DOORS;
