import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import type { PersonalDataKind } from './personal-data.ts';
import { personalDataKindOf } from './personal-data.ts';
import { branchesOf, declarationsOf, itemSchemasOf } from './selective-fields.ts';

/** The name under which a schema says that a field is personal: `z.string().meta({ pii: 'phone' })`. */
export const TAG = 'pii';

/** What schemas say of one value: their declarations for it, each with the schema it comes from. */
export type Declarations = readonly { readonly schema: JsonObject; readonly root: JsonObject }[];

/** The declarations of whole facts. */
export function declarationsOfFacts(schemas: readonly JsonObject[]): Declarations {
  return schemas.map((schema) => ({ schema, root: schema }));
}

/** The declarations of a member of an object. */
export function declarationsOfMember(declarations: Declarations, name: string): Declarations {
  return declarations.flatMap(({ schema, root }) =>
    branchesOf(schema, root).flatMap((branch) =>
      declarationsOf(branch, name).map((member) => ({ schema: member, root })),
    ),
  );
}

/** The declarations of an item of a list. */
export function declarationsOfItem(declarations: Declarations, index: number): Declarations {
  return declarations.flatMap(({ schema, root }) =>
    branchesOf(schema, root).flatMap((branch) =>
      itemSchemasOf(branch, index).map((item) => ({ schema: item, root })),
    ),
  );
}

/** The kind that declarations tag a value with; undefined for one without a tag. */
export function tagOf(declarations: Declarations): PersonalDataKind | undefined {
  for (const { schema, root } of declarations) {
    for (const one of [schema, ...branchesOf(schema, root)]) {
      const kind = kindOfTag(one[TAG]);
      if (kind) return kind;
    }
  }
  return undefined;
}

/** The kind that a tag's value names; `true` only says that it is personal. */
export function kindOfTag(tag: unknown): PersonalDataKind | undefined {
  if (tag === true) return 'other';
  return typeof tag === 'string' ? personalDataKindOf(tag) : undefined;
}

/** A field that a schema tags. */
export interface TaggedField {
  /** Dotted path; `*` stands for any item or name. */
  readonly path: string;
  readonly schema: JsonObject;
  readonly root: JsonObject;
  /** As it is written. */
  readonly tag: unknown;
}

/** Every tagged field of a schema. A shape that contains itself is walked once. */
export function taggedFields(root: JsonObject): readonly TaggedField[] {
  const found: TaggedField[] = [];
  const seen = new Set<JsonObject>();
  const walk = (schema: JsonObject, path: string): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    if (schema[TAG] !== undefined) found.push({ path, schema, root, tag: schema[TAG] });
    for (const branch of branchesOf(schema, root)) {
      if (branch !== schema) walk(branch, path);
      const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
      const properties = branch['properties'];
      if (isJsonObject(properties)) {
        for (const [name, member] of Object.entries(properties))
          if (isJsonObject(member)) walk(member, below(name));
      }
      const items = [branch['items'], branch['additionalProperties'], ...listOf(branch['prefixItems'])];
      for (const item of items) if (isJsonObject(item)) walk(item, below('*'));
    }
  };
  walk(root, '');
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
