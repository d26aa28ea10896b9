import assert from 'node:assert/strict';
import type { TurnOutput } from '../../contract/activities.ts';
import { isFailureCode, type Failure } from '../../contract/failures.ts';
import type { Sitting } from './sitting.ts';
import type { AgentSubject } from './subject.ts';
import type { Thought } from './thought.ts';

/** One check: what the mind thinks, and what has to come of it. */
export interface Check {
  readonly name: string;
  readonly thoughts: readonly Thought[];
  readonly play: (sitting: Sitting, subject: AgentSubject) => Promise<void>;
  /** Needs an agent that can be slow. */
  readonly takesTime?: boolean;
}

type Turned = Extract<TurnOutput, { kind: 'turned' }>;

/** The output of a turn that came to an answer. */
export function turned(output: TurnOutput): Turned {
  if (output.kind === 'turned') return output;
  if (output.kind === 'waiting') assert.fail('it waits for another side');
  if (output.kind === 'lacking') assert.fail(`it needs ${output.missing.join(', ')} first`);
  assert.fail(`${output.kind}: ${output.failure.code}, ${output.failure.message}`);
}

/** The intent of a turn that came to one of this kind. */
export function intentOf<Kind extends Turned['turn']['intent']['kind']>(
  output: TurnOutput,
  kind: Kind,
): Extract<Turned['turn']['intent'], { kind: Kind }> {
  const { intent } = turned(output).turn;
  assert.equal(intent.kind, kind);
  return intent as Extract<Turned['turn']['intent'], { kind: Kind }>;
}

/** A failure by its code, out of the catalogue. */
export function assertTyped(problem: Pick<Failure, 'code' | 'message'> | undefined): void {
  assert.ok(
    problem && isFailureCode(problem.code),
    `no failure of the catalogue: ${JSON.stringify(problem)}`,
  );
  assert.ok(
    problem.message.length <= 5_000,
    `${problem.code} quotes ${String(problem.message.length)} characters`,
  );
}
