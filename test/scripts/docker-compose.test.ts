/** Without Docker at hand, `docker-compose.yml` is checked by what it says. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { serverArguments } from '../../scripts/temporal/settings.ts';

const root = path.resolve(__dirname, '../..');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
}

const read = (file: string): unknown =>
  parse(readFileSync(path.join(root, file), 'utf8'), { merge: true }) as unknown;
const { services, volumes } = read('docker-compose.yml') as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const named = (name: string): Service => {
  const service = services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
};

test('has Temporal on PostgreSQL, its UI, Redis and the workers', () => {
  expect(Object.keys(services).sort()).toEqual([
    ...['postgresql', 'redis', 'temporal', 'temporal-namespace', 'temporal-schema', 'temporal-ui'],
    'workers',
  ]);
  expect(named('temporal').environment).toMatchObject({ DB: 'postgres12', POSTGRES_SEEDS: 'postgresql' });
});

test.each(Object.entries(services))('%s has an exact image', (_name, { image }) => {
  expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?$/);
});

test('what stays up tells its health, and whoever depends on it waits for that', () => {
  for (const [name, { depends_on: dependencies = {} }] of Object.entries(services)) {
    for (const [other, { condition }] of Object.entries(dependencies)) {
      const runsToItsEnd = named(other).healthcheck === undefined;
      expect([name, other, condition]).toEqual([
        ...[name, other],
        runsToItsEnd ? 'service_completed_successfully' : 'service_healthy',
      ]);
    }
  }
  for (const name of ['postgresql', 'redis', 'temporal', 'temporal-ui']) {
    expect(named(name).healthcheck?.test[0]).toMatch(/^CMD(?:-SHELL)?$/);
  }
});

test('addresses in the environment name services and their ports', () => {
  expect(named('workers').environment).toMatchObject({
    TEMPORAL_ADDRESS: 'temporal:7233',
    BATON_LEDGER_URL: expect.stringMatching(/@postgresql:5432\/baton$/) as string,
    BATON_REDIS_URL: expect.stringMatching(/@redis:6379$/) as string,
  });
  for (const name of ['temporal-ui', 'temporal-namespace']) {
    expect(named(name).environment?.['TEMPORAL_ADDRESS']).toBe('temporal:7233');
  }
});

test('ports are open to this machine only, data outlives its container, files it mounts exist', () => {
  for (const { ports = [], volumes: mounts = [] } of Object.values(services)) {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const [source = ''] of mounts.map((mount) => mount.split(':'))) {
      expect(source.startsWith('./') ? existsSync(path.join(root, source)) : source in volumes).toBe(true);
    }
  }
});

test('the workers are built from a Dockerfile whose files exist, on a pinned image', () => {
  expect(named('workers').build).toBe('.');
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^FROM node:\d+\.\d+\.\d+-/m);
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files = '']) => files.split(' '));
  expect(copied.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});

test('the cluster is tuned as the development server is', () => {
  const settings = read('docker/temporal/dynamicconfig.yaml') as Readonly<
    Record<string, [{ value: unknown }]>
  >;
  const args = serverArguments({ port: 1, uiPort: undefined, namespace: 'default', databaseFile: 'x' });
  const tuned = args.filter((_, index) => args[index - 1] === '--dynamic-config-value');
  expect(Object.entries(settings).map(([key, [{ value }]]) => `${key}=${JSON.stringify(value)}`)).toEqual(
    tuned,
  );
});

test('the namespace gets the search attributes of the contract', () => {
  const args = serverArguments({ port: 1, uiPort: undefined, namespace: 'default', databaseFile: 'x' });
  const registered = args.filter((_, index) => args[index - 1] === '--search-attribute');
  const command = named('temporal-namespace').command?.at(-1) ?? '';
  const created = [...command.matchAll(/--name (\w+) --type (\w+)/g)].map(
    ([, name, type]) => `${name}=${type}`,
  );
  expect(created).toEqual(registered);
});
