import type { JsonObject } from '../contract/json.ts';
import { getOwn } from '../contract/json.ts';
import type { PersonalDataKind } from '../contract/personal-data.ts';
import { personalDataKinds } from '../contract/personal-data.ts';
import { branchesOf } from '../contract/selective-fields.ts';
import { TAG, kindOfTag, taggedFields, type TaggedField } from '../contract/tagged-fields.ts';
import type { AgentManifest, EdgeManifest } from '../contract/team.ts';
import { maskValue } from './privacy/mask.ts';

/**
 * What an edge masks (X5): nothing, all personal data, only some kinds, or all but some.
 */
export type RedactOption =
  | 'nothing'
  | 'personal-data'
  | { readonly only: readonly PersonalDataKind[] }
  | { readonly except: readonly PersonalDataKind[] };

/** The kinds that an edge's option masks. An edge that says nothing masks everything where domains differ. */
export function kindsOf(option: RedactOption | undefined, sameDomain: boolean): readonly PersonalDataKind[] {
  const chosen = option ?? (sameDomain ? 'nothing' : 'personal-data');
  if (chosen === 'nothing') return [];
  if (chosen === 'personal-data') return personalDataKinds();
  return personalDataKinds().filter((kind) =>
    'only' in chosen ? chosen.only.includes(kind) : !chosen.except.includes(kind),
  );
}

/** One made-up value per kind, to try masks with. */
const SAMPLES: Readonly<Record<PersonalDataKind, string>> = {
  secret: 'sk-0123456789abcdef',
  email: 'name@example.com',
  upi: 'name@ybl',
  iban: 'DE89370400440532013000',
  card: '4111111111111111',
  gstin: '27AAPFU0939F1ZV',
  aadhaar: '234123412346',
  pan: 'ABCPE1234F',
  ifsc: 'HDFC0001234',
  passport: 'K1234567',
  'birth-date': '1987-03-12',
  phone: '+919876543210',
  name: 'Priya',
  address: '1 Main Street',
  other: 'anything',
};

/**
 * What is wrong with how a team masks: a tag that names no kind, masks on an edge to people, who see the whole case,
 * and a field that an edge would mask and whose schema no mask satisfies.
 * @returns faults, each with its place and what to do
 */
export function faultsOfRedaction(parts: {
  readonly agents: Readonly<Record<string, Pick<AgentManifest, 'accepts'>>>;
  readonly edges: readonly Pick<EdgeManifest, 'from' | 'to' | 'verb' | 'redact'>[];
}): readonly string[] {
  const { agents, edges } = parts;
  const tags = Object.entries(agents).flatMap(([name, agent]) =>
    taggedFields(agent.accepts)
      .filter((field) => kindOfTag(field.tag) === undefined)
      .map(
        (field) =>
          `agents.${name}.accepts.${field.path}: ${JSON.stringify(field.tag)} is no kind of personal data; \`${TAG}\` ` +
          `is one of ${personalDataKinds().join(', ')}`,
      ),
  );
  const masks = edges.flatMap(({ from, to, verb, redact }) => {
    if (!redact) return [];
    const place = `edges (${from} -> ${to}).redact`;
    if (verb === 'escalate') return [`${place}: people see the whole case; leave it out`];
    return taggedFields(getOwn(agents, to)?.accepts ?? {}).flatMap((field) => {
      const kind = kindOfTag(field.tag);
      if (kind === undefined || !redact.includes(kind)) return [];
      const why = whyNoMaskFits(field, kind);
      return why === undefined
        ? []
        : [
            `${place}: ${to}.accepts.${field.path} is masked as ${kind}, and ${why}; let the field be any text, or ` +
              `let it cross with \`redact: { except: ['${kind}'] }\``,
          ];
    });
  });
  return [...tags, ...masks];
}

function whyNoMaskFits({ schema, root }: TaggedField, kind: PersonalDataKind): string | undefined {
  const mask = maskValue(kind, SAMPLES[kind]);
  const reasons = branchesOf(schema, root).map((branch) => whyNot(branch, mask));
  return reasons.some((reason) => reason === undefined) ? undefined : reasons[0];
}

function whyNot(branch: JsonObject, mask: string): string | undefined {
  const { type, pattern, maxLength, minLength } = branch;
  if (type === 'object' || type === 'array') return undefined;
  if (type !== undefined && type !== 'string' && !(Array.isArray(type) && type.includes('string')))
    return `its type is ${JSON.stringify(type)}, which no mask is`;
  if (branch['enum'] !== undefined || branch['const'] !== undefined) return 'a mask is none of its values';
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(mask))
    return `${JSON.stringify(mask)} does not have its form`;
  if (typeof maxLength === 'number' && mask.length > maxLength) return `${JSON.stringify(mask)} is longer`;
  if (typeof minLength === 'number' && mask.length < minLength) return `${JSON.stringify(mask)} is shorter`;
  return undefined;
}
