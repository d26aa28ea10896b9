import { confirm, isCancel, select, text } from '@clack/prompts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { Decision } from '../../contract/decision.ts';

type Answers = Pick<Decision, 'decision' | 'by' | 'reason' | 'edits'>;

/**
 * Asks a person at the terminal for what the options have not said, and at last whether it is meant.
 * @throws BatonError `REQUEST_FORBIDDEN` when they leave
 */
export async function askDecision(given: Partial<Answers>): Promise<Answers> {
  const decision =
    given.decision ??
    (await answer(
      select<Decision['decision']>({
        message: 'Your decision on exactly what is shown above?',
        options: [
          { value: 'reject', label: 'reject' },
          { value: 'approve', label: 'approve' },
          { value: 'ask-agent', label: 'ask the agent first' },
          { value: 'ask', label: 'ask the user first' },
        ],
      }),
    ));
  const by = given.by ?? (await answer(text({ message: 'Who decides?', validate: required })));
  const reason =
    given.reason ??
    (await answer(
      text({ message: isQuestion(decision) ? 'What do you want to know?' : 'Why?', validate: required }),
    ));
  const meant = await answer(confirm({ message: `${decision}, by ${by}?`, initialValue: false }));
  if (!meant) throw left();
  const { edits } = given;
  return { decision, by, reason, ...(edits === undefined ? {} : { edits }) };
}

async function answer<Value>(question: Promise<Value>): Promise<Exclude<Value, symbol>> {
  const given = await question;
  if (isCancel(given)) throw left();
  return given as Exclude<Value, symbol>;
}

function isQuestion(decision: Decision['decision']): boolean {
  return decision === 'ask' || decision === 'ask-agent';
}

function required(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? 'Needed.' : undefined;
}

function left(): BatonError {
  return new BatonError(failure('REQUEST_FORBIDDEN', 'nothing was decided'));
}
