import { readdir } from 'node:fs/promises';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { generatedPages } from '../../scripts/generated-pages.ts';
import { publishedSchema, publishedSchemas } from '../../schemas/index.ts';
import { shapeNamed } from '../../schemas/published.ts';
import { runBatonHere } from '../command/run-here.ts';
import { valuesOf } from './values-of-schema.ts';

const RUNS = Number(process.env['BATON_RUNS'] ?? 60);
const schemas = publishedSchemas().map((one) => [one.name, one] as const);

// Whether the files are what the code says is held by test/docs/generated-pages.test.ts.
test('every published file is made from the code', async () => {
  const folder = 'schemas/published/1.0.0';
  const made = Object.keys(generatedPages()).filter((file) => file.startsWith(folder));
  const there = (await readdir(folder)).map((file) => `${folder}/${file}`);
  expect(there.toSorted()).toEqual(made.toSorted());
});

test.each(schemas)('%s is a schema of draft 2020-12 with an id of its own', (name, { id, schema }) => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:baton:schema:${name}:1.0.0`,
  });
  expect(id).toBe(schema['$id']);
  expect(validatorOf(name)).toBeInstanceOf(Function);
});

const drawn = schemas.filter(([name]) => name !== 'team-manifest' && name !== 'policy');

test.each(drawn)('what Baton takes as %s, its schema takes too', (name) => {
  const validate = validatorOf(name);
  fc.assert(
    fc.property(valuesOf(publishedSchema(name).schema), (value) => {
      const parsed = shapeNamed(name).safeParse(value);
      if (!parsed.success) return;
      expect([validate(value), validate.errors]).toEqual([true, null]);
      // And what Baton writes, with its defaults.
      expect([validate(JSON.parse(JSON.stringify(parsed.data))), validate.errors]).toEqual([true, null]);
    }),
    { numRuns: RUNS },
  );
});

test('what a schema refuses, Baton refuses', () => {
  const validate = validatorOf('decision');
  const good = { reviewId: 'r1', digest: 'a'.repeat(64), decision: 'approve', by: 'ann', reason: 'fine' };
  expect(validate(good)).toBe(true);
  for (const wrong of [{ digest: 'A' }, { decision: 'maybe' }, { by: '' }, { reason: undefined }]) {
    const value = JSON.parse(JSON.stringify({ ...good, ...wrong })) as unknown;
    expect(validate(value)).toBe(false);
    expect(shapeNamed('decision').safeParse(value).success).toBe(false);
  }
});

describe('baton schema', () => {
  test('lists what there is', async () => {
    const { exitCode, output } = await runBatonHere(['schema', '--json']);
    expect(exitCode).toBe(0);
    const { schemas: listed } = JSON.parse(output) as { schemas: { name: string }[] };
    expect(listed.map((one) => one.name)).toEqual(schemas.map(([name]) => name));
  });

  test('prints a schema as its file has it, with --json and without', async () => {
    const file = generatedPages()['schemas/published/1.0.0/review.schema.json'];
    for (const words of [
      ['schema', 'review'],
      ['schema', 'review', '--json'],
    ])
      expect(await runBatonHere(words)).toEqual({ exitCode: 0, output: file, errors: '' });
  });

  test('prints the .proto file', async () => {
    const { output } = await runBatonHere(['schema', '--protobuf']);
    expect(output).toBe(generatedPages()['schemas/published/1.0.0/baton.proto']);
  });

  test('prints what the agents of a team accept', async () => {
    const environment = { BATON_TEAMS: 'test/workers/patient-team.ts' };
    const whole = await runBatonHere(['schema', '--team', 'patience'], { environment });
    const agents = JSON.parse(whole.output) as Record<string, { $id: string }>;
    const [name = ''] = Object.keys(agents);
    expect(agents[name]?.$id).toBe(`urn:baton:accepts:patience:${name}:1.0.0`);
    const one = await runBatonHere(['schema', '--team', 'patience', '--agent', name], { environment });
    expect(JSON.parse(one.output)).toEqual(agents[name]);
  });

  test.each([
    [['schema', 'nope'], 'SCHEMA_UNKNOWN', 2],
    [['schema', '--team', 'nope', '--teams', 'test/workers/patient-team.ts'], 'TEAM_UNKNOWN', 1],
    [['schema', '--team', 'x'], 'INPUT_INVALID', 2],
    [['schema', '--agent', 'x'], 'INPUT_INVALID', 2],
    [['schema', 'review', '--protobuf'], 'INPUT_INVALID', 2],
  ])('%j is refused', async (words, code, exit) => {
    const { exitCode, errors } = await runBatonHere([...words, '--json']);
    expect(JSON.parse(errors)).toMatchObject({ error: { code } });
    expect(exitCode).toBe(exit);
  });
});

function validatorOf(name: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, strictTypes: false });
  formats.default(ajv);
  return ajv.compile(publishedSchema(name).schema);
}
