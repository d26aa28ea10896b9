import path from 'node:path';
import { readHistories } from '../../../command/replay/read-history.ts';
import { storyOf } from '../../../command/replay/story.ts';
import { storyLine } from '../../../command/replay/story-text.ts';

test('a question between agents is told as one: who asks whom, why and what, and what came of it', async () => {
  const file = path.resolve(__dirname, '../../histories/0.1.0/asks-another.json');
  const [read] = await readHistories(file);
  const lines = storyOf(read?.history ?? {}).map(storyLine);
  const asked = lines.filter((line) => line.includes(' ask-'));
  expect(asked).toEqual([
    expect.stringMatching(
      /ask-opened {2,}front {2,}front asks back askId=a1 reasonCode=to-note question=Would you note it\? /,
    ),
    expect.stringMatching(/ask-answered {2,}front {2,}front asks back askId=a1 .*spent=/),
  ]);
  // In between the one who is asked works, and owns nothing.
  expect(lines.find((line) => line.includes('toolCalls'))).toMatch(/ front .*agent=back /);
});
