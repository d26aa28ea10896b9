import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { BatonError, failure } from '../contract/failures.ts';
import { POLICY_BYTES } from '../contract/limits.ts';
import { parsePolicy, policySchema, type Policy } from '../contract/policy/policy.ts';
import { refuseVersion } from '../contract/versions.ts';
import { offsetOf } from './yaml-places.ts';

/** A policy's file with its comments: more than a policy may have as JSON. */
const FILE_BYTES = 4 * POLICY_BYTES;

/** One fault of a policy's text: where it is, what it is, and what to do. Lines and columns count from 1. */
export interface PolicyFault {
  readonly line: number;
  readonly column: number;
  /** Path of the field at fault, such as `policy.rules.0.when.input`. */
  readonly field: string;
  readonly problem: string;
}

/** What a text of YAML or JSON says: a policy, or everything that is wrong with it. */
export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/** What is wrong with a policy besides its shape: the path of a field inside it, and what to do. */
export interface PolicyObjection {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** What else a policy must satisfy: that its team has whom it names. */
export type PolicyJudge = (policy: Policy) => readonly PolicyObjection[];

/**
 * Reads a policy from a file of YAML or JSON, which is YAML too.
 * @param judge looks at a policy of good shape; what it objects to is told with its line, too
 * @throws BatonError `POLICY_INVALID` with every fault as `file:line:column: field: what to mend`;
 * `CONFIGURATION_INVALID` for a file that cannot be read
 */
export async function readPolicyFile(file: string, judge?: PolicyJudge): Promise<Policy> {
  const reading = await checkPolicyFile(file, judge);
  if (reading.ok) return reading.policy;
  const faults = reading.faults.slice(0, 20).map((fault) => faultText(file, fault));
  throw new BatonError(failure('POLICY_INVALID', faults.join(' | '), 'policy'));
}

/** A fault in one line, as compilers write them. */
export function faultText(file: string, fault: PolicyFault): string {
  return `${file}:${String(fault.line)}:${String(fault.column)}: ${fault.field}: ${fault.problem}`;
}

/**
 * Reads a policy from a file, and tells every fault with its place.
 * @throws BatonError `CONFIGURATION_INVALID` for a file that cannot be read
 */
export async function checkPolicyFile(file: string, judge?: PolicyJudge): Promise<PolicyReading> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > FILE_BYTES) throw new Error(`it has ${String(size)} bytes`);
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new BatonError(failure('CONFIGURATION_INVALID', `${file} cannot be read: ${why}`, 'policy'));
  }
  return readPolicyText(text, judge);
}

/** Reads a policy from a text of YAML or JSON. */
export function readPolicyText(text: string, judge: PolicyJudge = () => []): PolicyReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const faultsAt = (
    faults: readonly { readonly offset: number; readonly field: string; readonly problem: string }[],
  ): PolicyReading => ({
    ok: false,
    faults: faults
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, field, problem }) => {
        const { line, col } = lines.linePos(offset);
        return { line: Math.max(line, 1), column: Math.max(col, 1), field, problem };
      }),
  });
  if (document.errors.length > 0)
    return faultsAt(
      document.errors.map(({ pos, message }) => ({ offset: pos[0], field: 'policy', problem: message })),
    );
  let value: unknown;
  try {
    // Aliases that multiply would be a bomb; a policy of any size needs few.
    value = document.toJS({ maxAliasCount: 20 });
  } catch (thrown) {
    return faultsAt([{ offset: 0, field: 'policy', problem: String(thrown) }]);
  }
  const version = refuseVersion(value, 'policy');
  if (version)
    return faultsAt([
      { offset: offsetOf(document, ['version']), field: 'policy.version', problem: version.message },
    ]);
  const result = policySchema().safeParse(value);
  if (!result.success) return faultsAt(result.error.issues.map((issue) => faultOf(document, issue)));
  const parsed = parsePolicy(value);
  if (!parsed.ok)
    return faultsAt([
      { offset: 0, field: parsed.failure.field ?? 'policy', problem: parsed.failure.message },
    ]);
  const objections = judge(parsed.value);
  if (objections.length === 0) return { ok: true, policy: parsed.value };
  return faultsAt(
    objections.map(({ path, problem }) => ({
      offset: offsetOf(document, path),
      field: ['policy', ...path].join('.'),
      problem,
    })),
  );
}

function faultOf(
  document: Document,
  issue: z.core.$ZodIssue,
): { readonly offset: number; readonly field: string; readonly problem: string } {
  const path = issue.path.map((name) => (typeof name === 'symbol' ? String(name) : name));
  const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = extra === undefined ? path : [...path, extra];
  return {
    offset: offsetOf(document, field),
    field: ['policy', ...field].join('.'),
    problem: extra === undefined ? issue.message : 'there is no such field; remove or rename it',
  };
}
