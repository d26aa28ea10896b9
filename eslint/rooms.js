// @ts-check
/**
 * Who may import whom. An allow-list: a room, package or folder that is not named here is refused, so a new
 * dependency between rooms is a decision somebody takes in this file. Reasons stand in docs/architecture.md.
 */

/**
 * @typedef {object} Room
 * @property {readonly string[]} rooms Other rooms it may import from, types included. Its own is always allowed.
 * @property {readonly string[]} packages Packages it may import; `node:` stands for all built-in modules.
 * @property {Readonly<Record<string, RegExp>>} [onlyNames] Of these packages, only names that match.
 * @property {Readonly<Record<string, RegExp>>} [onlyIn] These packages only in files whose path in the room matches.
 * @property {Readonly<Record<string, RegExp>>} [roomsOnlyIn] These rooms only for files whose path in the room matches.
 * @property {boolean} [loadsModules] May import what is named at run time: modules of users, a built form.
 */

const everyPackage = [
  'node:',
  '@a2a-js/sdk',
  '@ai-sdk/provider',
  '@clack/prompts',
  '@langchain/core',
  '@langchain/langgraph',
  '@langchain/openai',
  '@modelcontextprotocol/client',
  '@modelcontextprotocol/node',
  '@modelcontextprotocol/server',
  '@noble/curves',
  '@noble/hashes',
  '@openai/agents-core',
  '@openai/agents-openai',
  '@redis/client',
  '@temporalio/activity',
  '@temporalio/client',
  '@temporalio/common',
  '@temporalio/envconfig',
  '@temporalio/proto',
  '@temporalio/testing',
  '@temporalio/worker',
  '@temporalio/workflow',
  'commander',
  'eld',
  'fastify',
  'gpt-tokenizer',
  'jose',
  'libphonenumber-js',
  'libsql',
  'luxon',
  'openai',
  'pg',
  'pino',
  'protobufjs',
  'standardwebhooks',
  'yaml',
  'zod',
];

/** @type {Readonly<Record<string, Room>>} */
export const rooms = {
  contract: {
    rooms: [],
    packages: ['zod', '@noble/curves', '@noble/hashes', '@temporalio/common', '@temporalio/workflow'],
    onlyNames: { '@temporalio/workflow': /^define[A-Z]/ },
    onlyIn: { '@noble/curves': /^signature\./ },
  },
  workflows: { rooms: ['contract'], packages: ['@temporalio/workflow', '@temporalio/common'] },
  mcp: { rooms: ['contract'], packages: ['node:', '@modelcontextprotocol/client', 'zod'] },
  activities: {
    rooms: ['contract', 'mcp'],
    packages: [
      ...[
        'node:',
        '@temporalio/activity',
        '@temporalio/common',
        '@temporalio/proto',
        'ajv',
        'ajv-formats',
        'eld',
        'gpt-tokenizer',
        'libphonenumber-js',
        'zod',
      ],
      ...['@ai-sdk/anthropic', '@ai-sdk/google', '@ai-sdk/openai', '@ai-sdk/openai-compatible'],
      ...['@ai-sdk/provider', '@pydantic/genai-prices', '@a2a-js/sdk'],
      ...['request-filtering-agent', 'standardwebhooks'],
    ],
    onlyIn: {
      '@temporalio/proto': /^readiness\//,
      '@a2a-js/sdk': /^a2a\//,
      ajv: /^json-schema\./,
      'ajv-formats': /^json-schema\./,
      eld: /^language\//,
      'gpt-tokenizer': /^context\//,
      'libphonenumber-js': /^privacy\//,
      '@ai-sdk/anthropic': /^models\//,
      '@ai-sdk/google': /^models\//,
      '@ai-sdk/openai': /^models\//,
      '@ai-sdk/openai-compatible': /^models\//,
      '@ai-sdk/provider': /^models\//,
      '@pydantic/genai-prices': /^models\//,
      'request-filtering-agent': /^outside\//,
      standardwebhooks: /^webhooks\//,
    },
  },
  schemas: { rooms: ['contract'], packages: ['protobufjs', 'zod'] },
  stores: {
    rooms: ['contract'],
    packages: ['node:', '@redis/client', 'libsql', 'luxon', 'pg', 'yaml', 'zod'],
    onlyIn: {
      luxon: /^directory\//,
      yaml: /^policy-file|^yaml-places|^directory\//,
      zod: /^policy-file|^directory\//,
    },
  },
  security: {
    rooms: ['contract'],
    packages: ['node:', '@temporalio/common', '@temporalio/proto', 'jose', 'zod'],
  },
  workers: {
    loadsModules: true,
    rooms: ['contract', 'activities', 'stores', 'security', 'client'],
    packages: [
      ...['node:', '@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/worker'],
      ...['pino', 'zod'],
    ],
    // What people say in tickets reaches cases through the doors that everybody uses.
    roomsOnlyIn: { client: /^tickets\// },
    // Whoever takes events out of the outbox starts their deliveries.
    onlyIn: { '@temporalio/client': /^webhooks\/|^tickets\// },
  },
  client: {
    rooms: ['contract', 'security'],
    packages: ['node:', '@temporalio/client', '@temporalio/common', '@temporalio/envconfig'],
  },
  command: {
    loadsModules: true,
    rooms: ['contract', 'client', 'mcp', 'stores', 'schemas', 'security', 'service', 'simulation'],
    packages: ['node:', '@temporalio/worker', '@temporalio/common', 'commander', '@clack/prompts'],
    onlyIn: { '@temporalio/worker': /^replay/ },
  },
  service: {
    rooms: ['contract', 'client', 'security'],
    packages: [
      ...[
        'node:',
        '@a2a-js/sdk',
        '@fastify/rate-limit',
        '@temporalio/common',
        'fastify',
        'jose',
        'pino',
        'zod',
      ],
    ],
    onlyIn: { '@a2a-js/sdk': /^a2a\// },
  },
  simulation: {
    loadsModules: true,
    rooms: ['contract', 'activities', 'stores', 'security', 'workers', 'client'],
    packages: ['node:', '@temporalio/worker', 'zod'],
  },
  testing: {
    rooms: ['contract', 'activities', 'workers', 'client'],
    packages: ['node:', '@temporalio/testing', '@temporalio/common', 'zod'],
  },
  examples: {
    loadsModules: true,
    rooms: [
      ...['contract', 'workflows', 'activities', 'stores', 'workers', 'client', 'command'],
      ...['security', 'testing', 'scripts'],
    ],
    packages: everyPackage,
  },
  bench: {
    loadsModules: true,
    rooms: [
      ...['contract', 'workflows', 'activities', 'stores', 'workers', 'client', 'service'],
      ...['security', 'testing', 'examples', 'scripts'],
    ],
    packages: [...everyPackage, '@ai-sdk/openai', 'autocannon'],
  },
  scripts: {
    loadsModules: true,
    rooms: ['contract', 'workflows', 'schemas', 'service'],
    packages: [
      ...[
        'node:',
        '@temporalio/client',
        '@temporalio/common',
        '@temporalio/envconfig',
        '@temporalio/testing',
      ],
      ...['@temporalio/worker', 'pg'],
    ],
  },
  test: {
    loadsModules: true,
    rooms: [
      ...['contract', 'workflows', 'activities', 'stores', 'workers', 'client', 'command', 'service'],
      ...['mcp', 'schemas', 'security', 'simulation', 'testing', 'examples', 'bench', 'scripts', 'eslint'],
    ],
    packages: [
      ...everyPackage,
      'fast-check',
      '@jest/globals',
      '@swc/core',
      'playwright-core',
      'ajv',
      'ajv-formats',
    ],
  },
  eslint: { rooms: [], packages: ['node:', 'eslint', 'typescript-eslint', 'typescript'] },
  bin: { loadsModules: true, rooms: ['command', 'dist'], packages: ['node:', 'tsx'] },
  tools: { rooms: [], packages: ['node:'] },
  // The files beside package.json: configuration of the tools.
  '': { rooms: ['eslint'], packages: ['node:', 'eslint', 'typescript-eslint', 'jest'] },
};

/** The rooms whose code runs inside the workflow sandbox. */
export const sandboxRooms = ['contract', 'workflows'];
