import path from 'node:path';
import type { BatonClient } from '../../client/index.ts';
import { until } from '../../scripts/ports.ts';
import type { Keeper } from './keep.ts';
import { memoryTeam } from './memory-team.ts';
import { runRememberingDesk } from './remembering-desk.ts';

const CASES = [
  {
    name: 'working-memory',
    title:
      'Intent, records read and partial results go to whoever is asked, to a stand-in, to people, and back',
    isPrivate: false,
  },
  {
    name: 'private-team',
    title: 'A private team: what is said, known and worked out stands in the context store alone',
    isPrivate: true,
  },
] as const;

/** Names of the cases that {@link recordMemory} keeps. */
export function memoryNames(): readonly string[] {
  return CASES.map(({ name }) => name);
}

/** Plays cases whose agents hand on what they work with, one of them in private, and keeps their histories. */
export async function recordMemory(folder: string, keeper: Keeper): Promise<void> {
  const teams = [memoryTeam(false), memoryTeam(true)];
  const { baton, close } = await runRememberingDesk(path.join(folder, 'memory.db'), teams);
  for (const { name, title, isPrivate } of CASES.filter((one) => !keeper.has(one.name))) {
    await play(baton, name, isPrivate);
    await keeper.keep(baton, name, title);
  }
  await close();
}

async function play(baton: BatonClient, caseId: string, isPrivate: boolean): Promise<void> {
  await baton.open(
    {
      team: memoryTeam(isPrivate).name,
      task: { definition: 'A letter on a double charge' },
      facts: { order: 'O-1044' },
      user: { id: 'ann', name: 'Ann Example' },
      message: { id: 'word-0', text: 'I was charged twice' },
    },
    { caseId },
  );
  const answered = async (owner: string, spoken: number): Promise<void> => {
    const there = await until(
      async () => {
        const { stage, owner: present } = await baton.status(caseId);
        if (stage !== 'waiting-user' || present !== owner) return false;
        const words = await baton.transcript(caseId);
        return words.filter((one) => one.from.kind === 'agent').length === spoken;
      },
      { limitMs: 60_000 },
    );
    if (!there) throw new Error(`${owner} did not answer in ${caseId}`);
  };
  let spoken = 1;
  await answered('intake', spoken);
  const says = async (text: string, owner: string): Promise<void> => {
    spoken += 1;
    await baton.say(caseId, { messageId: `word-${String(spoken)}`, text });
    await answered(owner, spoken);
  };
  if (!isPrivate) await says('ask', 'intake');
  await says('over', 'writer');
  await baton.takeOver(caseId, { by: 'ann', reason: 'to see what became of it' });
  await baton.giveBack(caseId, {
    ...{
      by: 'ann',
      note: 'write it shorter',
      intent: 'write a short letter',
      partialResults: { draft: 'Dear' },
    },
  });
  spoken += 1;
  await answered('writer', spoken);
  await baton.say(caseId, { messageId: 'last', text: 'end' });
  await baton.result(caseId, { signal: AbortSignal.timeout(60_000) });
}
