import { openProgress } from '../../../activities/models/progress-feed.ts';
import { textsOfProgress, type Progress } from '../../../contract/progress.ts';
import { memoryContext } from '../../support/memory-context.ts';

const owner = { trace: 'trace', caseId: 'case' };
const first = { agent: 'triage', turn: 3, attempt: 1 };

test('pieces are gathered, in order, and all of them are there at the end', async () => {
  const store = memoryContext();
  const feed = openProgress(store, owner, first);
  for (const piece of ['One ', 'two ', 'three']) feed.text(piece);
  await feed.end();
  expect((await store.readProgress(owner.trace)).map(({ progress }) => progress)).toEqual([
    { kind: 'began', ...first },
    { kind: 'text', ...first, text: 'One two three' },
    { kind: 'ended', ...first },
  ]);
});

test('the last words of a turn and its end are one write', async () => {
  const store = memoryContext();
  const writes: string[][] = [];
  const counted: Pick<typeof store, 'appendProgress'> = {
    appendProgress: (of, entries) => {
      writes.push(entries.map((one) => one.kind));
      return store.appendProgress(of, entries);
    },
  };
  const feed = openProgress(counted, owner, first);
  feed.text('One');
  feed.restart();
  feed.text('Two');
  await feed.end();
  expect(writes).toEqual([['began'], ['text', 'restarted'], ['text', 'ended']]);
});

test('a store that takes nothing costs the feed and nothing else', async () => {
  const store = memoryContext();
  store.down = true;
  const feed = openProgress(store, owner, first);
  feed.text('One');
  await expect(feed.end()).resolves.toBeUndefined();
});

test('a restarted turn begins anew, and an attempt that wakes up late is not heard', () => {
  const text = (attempt: number, words: string): Progress => ({
    kind: 'text',
    ...first,
    attempt,
    text: words,
  });
  const feed: Progress[] = [
    { kind: 'began', ...first },
    text(1, 'Half'),
    { kind: 'restarted', ...first, attempt: 2 },
    text(2, 'Whole'),
    text(1, ' of it'),
    text(2, ' answer'),
  ];
  expect([...textsOfProgress(feed)]).toEqual([[3, 'Whole answer']]);
  // A reader who begins in the middle of the second attempt.
  expect([...textsOfProgress(feed.slice(3))]).toEqual([[3, 'Whole answer']]);
});
