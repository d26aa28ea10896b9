import { z } from 'zod';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, people } from '../../activities/define-team.ts';
import { factsOfJsonSchema } from '../../activities/json-schema-facts.ts';
import type { JsonObject } from '../../contract/json.ts';
import { selectFields } from '../../contract/selective-fields.ts';

const schema: JsonObject = {
  $id: 'https://example.com/patient',
  type: 'object',
  properties: {
    patient: { $ref: '#/$defs/patient' },
    urgency: { enum: ['routine', 'urgent'] },
  },
  required: ['patient'],
  $defs: {
    patient: {
      type: 'object',
      properties: {
        id: { type: 'string', minLength: 1 },
        phone: { type: 'string', pii: 'phone' },
        birthDate: { type: 'string', format: 'date', pii: 'birth-date' },
      },
      required: ['id'],
    },
  },
};
const desk = people('desk', { pam: { roles: [] } });
const about = { version: '1.0.0', domain: 'd', scope: 's' };
const run = () => ({ intent: { kind: 'finish', outcome: 'done' } as const });

test('facts are checked by it, and a refusal names the field', () => {
  const facts = factsOfJsonSchema(schema);
  const good = { patient: { id: 'p1', birthDate: '1990-02-28' }, urgency: 'urgent' };
  expect(facts.safeParse(good)).toEqual({ success: true, data: good });
  const wrong = facts.safeParse({ patient: { birthDate: '1990-02-31' }, urgency: 'soon' });
  expect(wrong.error?.issues.map((issue) => issue.path.join('.')).toSorted()).toEqual([
    'patient',
    'patient.birthDate',
    'urgency',
  ]);
});

test('a manifest carries it as it is, and edges are cut by it', () => {
  const receiver = defineAgent({ ...about, name: 'scheduling', accepts: factsOfJsonSchema(schema), run });
  const sender = defineAgent({ ...about, name: 'triage', accepts: z.object({}), run });
  const team = defineTeam({
    name: 'clinic',
    start: sender,
    edges: [edge(sender, receiver)],
    escalation: desk,
  });
  const accepts = team.manifest.agents['scheduling']?.accepts ?? {};
  expect(accepts).toMatchObject(schema);
  expect(schema).not.toHaveProperty('$schema');
  const cut = selectFields(accepts, { patient: { id: 'p1', diagnosis: 'x' }, notes: 'y' });
  expect(cut).toMatchObject({ facts: { patient: { id: 'p1' } }, dropped: ['patient.diagnosis', 'notes'] });
});

test('a tag that names no kind is refused, as it is in zod', () => {
  const properties = { mood: { type: 'string', pii: 'nonsense' } };
  const receiver = defineAgent({
    ...about,
    name: 'a',
    accepts: factsOfJsonSchema({ type: 'object', properties }),
    run,
  });
  expect(() => defineTeam({ name: 'clinic', start: receiver, edges: [], escalation: desk })).toThrow(
    /accepts\.mood/,
  );
});

test.each([
  ['http://json-schema.org/draft-07/schema#'],
  ['https://json-schema.org/draft/2019-09/schema'],
  ['https://json-schema.org/draft/2020-12/schema'],
])('%s is a draft that is known', ($schema) => {
  const facts = factsOfJsonSchema({ $schema, type: 'object', properties: { n: { type: 'integer' } } });
  expect(facts.safeParse({ n: 1 }).success).toBe(true);
  expect(facts.safeParse({ n: 1.5 }).success).toBe(false);
});

test.each<[string, JsonObject, RegExp]>([
  ['no object', { type: 'string' }, /an object with `properties`/],
  ['no properties', { type: 'object' }, /an object with `properties`/],
  ['an unknown draft', { $schema: 'http://json-schema.org/draft-04/schema#' }, /drafts 2020-12/],
  ['a type that does not exist', { properties: { a: { type: 'text' } } }, /type/],
  ['fields by pattern', { patternProperties: { x: {} } }, /#\/patternProperties/],
  ['a condition below', { properties: { a: { if: {}, then: {} } } }, /#\/properties\/a\/if/],
  ['a reference to elsewhere', { $defs: { a: { $ref: 'https://x/y' } } }, /#\/\$defs\/a\/\$ref/],
  ['an old tuple', { properties: { a: { items: [{ type: 'string' }] } } }, /prefixItems/],
])('%s is refused', (_, change, words) => {
  const odd = { type: 'object', properties: {}, ...change };
  const given = 'type' in change ? change : odd;
  expect(() => factsOfJsonSchema(given)).toThrow(
    expect.objectContaining({
      code: 'SCHEMA_INVALID',
      message: expect.stringMatching(words) as string,
    }) as Error,
  );
});

test('words among constants and names of fields are no words of the schema', () => {
  const properties = { if: { const: { patternProperties: 1 } }, then: { enum: [{ $ref: 'x' }] } };
  expect(factsOfJsonSchema({ type: 'object', properties }).safeParse({ then: { $ref: 'x' } }).success).toBe(
    true,
  );
});
