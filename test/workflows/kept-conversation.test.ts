import fc from 'fast-check';
import { createChecks, endPlay } from './model/checks.ts';
import { holds } from './model/holds.ts';
import { beginPlay, type Check, type Scenario } from './model/play.ts';
import { scenarios } from './model/scenarios.ts';

/** X9: whatever a turn is given, the store and what travels along make up the whole conversation. */
const everythingIsHeard: Check = ({ after, steps, world }) => {
  const { kept, transcript, messages } = after;
  holds(
    transcript.length === 0 || transcript.at(-1)?.sequence === messages,
    'X9: a message is not in the window',
  );
  if (kept) {
    holds(kept.through <= (world.kept?.length ?? 0), 'X9: the case believes in messages that no store has');
    const first = transcript.find((message) => message.sequence > kept.through);
    holds(
      !first || first.sequence === kept.through + 1,
      'X9: a message left the window before a store had it',
    );
  }
  for (const step of steps) {
    if (step.kind !== 'turn' && step.kind !== 'handoff') continue;
    const along = step.input.conversation.map((message) => message.sequence);
    const from = (step.input.kept?.through ?? (along[0] ?? 1) - 1) + 1;
    holds(
      along.every((sequence, index) => sequence === from + index),
      'X9: a turn is given a torn conversation',
    );
    holds(along.length === 0 || along.at(-1) === messages, 'X9: a turn is not given the newest message');
  }
};

function play(scenario: Scenario): void {
  const played = beginPlay(scenario, [...createChecks(), everythingIsHeard], { keeps: true });
  try {
    for (const move of scenario.moves) played.move(move);
    endPlay(played);
  } catch (error) {
    throw new Error(`${String(error)}\n${played.story().slice(-40).join('\n')}`, { cause: error });
  }
  // A closed case leaves nothing unsaid behind.
  const { stage, messages, kept } = played.state();
  if (stage === 'closed' && kept && !played.world.ledgerRefused)
    expect(played.world.kept).toHaveLength(messages);
}

test('a conversation that a store keeps is whole and in order in every random life (X9, T8)', () => {
  fc.assert(fc.property(scenarios, play), { numRuns: Number(process.env['BATON_RUNS'] ?? 200) });
});
