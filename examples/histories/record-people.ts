import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { connectBaton, type BatonClient } from '../../client/index.ts';
import type { CaseView } from '../../contract/case.ts';
import { until } from '../../scripts/ports.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { createDecisionSigner, doorKeysIn } from '../../security/index.ts';
import { addDoorKey } from '../../security/rotation.ts';
import { openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { connectWorkers } from '../../workers/connect.ts';
import { createWorkers } from '../../workers/create-workers.ts';
import type { Keeper } from './keep.ts';
import { nightShift, peopleTeam } from './people-team.ts';

/** A case under the hands of people. */
interface PeopleCase {
  readonly baton: BatonClient;
  readonly caseId: string;
  /** The door at which people of the night shift are known. */
  readonly signer: ReturnType<typeof createDecisionSigner>;
}

interface PeopleDrill {
  readonly name: string;
  readonly title: string;
  readonly opens: string;
  readonly play: (one: PeopleCase) => Promise<void>;
}

const why = 'looked at it';

const DRILLS: readonly PeopleDrill[] = [
  {
    name: 'undo-window',
    title: 'An approval is taken back in its time; a second one is released after it',
    opens: 'pay',
    play: async (one) => {
      await decides(one, { decision: 'approve', by: 'bea' });
      await decides(one, { decision: 'withdraw', by: 'bea' });
      await says(one, 'pay');
      await decides(one, { decision: 'approve', by: 'bea' });
      await says(one, 'end');
    },
  },
  {
    name: 'agent-asked',
    title: 'Who decides asks the agent, which explains, and asks for less when asked again',
    opens: 'lend',
    play: async (one) => {
      await decides(one, { decision: 'ask-agent', by: 'bea', reason: 'why' });
      await looks(one, ({ reviews }) => reviews[0]?.questions?.[0]?.answer !== undefined);
      await decides(one, { decision: 'ask-agent', by: 'bea', reason: 'less' });
      await looks(one, ({ reviews }) => reviews[0]?.questions?.[1]?.answer?.digest !== undefined);
      await decides(one, { decision: 'approve', by: 'bea' });
      await says(one, 'end');
    },
  },
  {
    name: 'record-shown',
    title: 'Who decides sees the record that would change, before the effect is a step',
    opens: 'owe',
    play: async (one) => {
      await decides(one, { decision: 'approve', by: 'bea' });
      await says(one, 'end');
    },
  },
  {
    name: 'reminded-and-widened',
    title: 'Nobody decides: people are reminded, others are asked as well, and one of those decides',
    opens: 'pay',
    play: async (one) => {
      await looks(one, ({ reviews }) => reviews[0]?.reminders === 1 && reviews[0].widened !== undefined);
      await decides(one, { decision: 'approve', by: 'eve' });
      await says(one, 'end');
    },
  },
  {
    name: 'staffed-after-hours',
    title:
      'A closed pool passes a case on; its people are reminded, and one claims it once the directory agrees',
    opens: 'human',
    play: async (one) => {
      await looks(one, ({ owner, unattended }) => owner === 'people:night' && unattended?.reminders === 1);
      await one.baton.claim(one.caseId, { by: 'eve' });
      await one.baton.resolve(one.caseId, { by: 'eve', outcome: 'seen to', note: 'at night' });
    },
  },
  {
    name: 'proven-decision',
    title: 'A review takes the decision that a door has signed, and refuses the one that nobody did',
    opens: 'give',
    play: async (one) => {
      await looks(one, ({ reviews }) => reviews[0]?.assignedTo === 'eve');
      await decides(one, { decision: 'approve', by: 'eve' }).then(
        () => Promise.reject(new Error('a name was enough')),
        () => undefined,
      );
      const { caseId, signer } = one;
      await decides(one, { decision: 'approve', by: 'eve' }, (decision) =>
        signer.sign({ caseId, decision, roles: ['staff'], tenant: 'default' }),
      );
      await says(one, 'end');
    },
  },
];

/** Names of the cases that {@link recordPeople} keeps. */
export function peopleNames(): readonly string[] {
  return DRILLS.map(({ name }) => name);
}

/** Plays cases that people decide: of a directory, reminded, with a time to take approvals back, and proven. */
export async function recordPeople(folder: string, keeper: Keeper): Promise<void> {
  await mkdir(folder, { recursive: true });
  const server = await startTemporalServer({ headless: true });
  const { address, namespace } = server;
  const { connection } = await connectWorkers(server);
  const url = path.join(folder, 'people.db');
  const [ledger, manifests] = [await openLedgerStore(url), await openManifestStore(url)];
  const doors = JSON.stringify(addDoorKey(undefined, 'web', new Date()));
  const workers = await createWorkers({
    connection,
    namespace,
    teams: [peopleTeam()],
    ledger,
    manifests,
    directory: nightShift,
    doorKeys: doorKeysIn(() => doors),
    graceMs: 500,
  });
  const ended = workers.run();
  const baton = await connectBaton({ address, namespace, ledger });
  const signer = createDecisionSigner(() => doors);
  for (const { name, title, opens, play } of DRILLS.filter((one) => !keeper.has(one.name))) {
    const message = { id: 'word-0', text: opens };
    await baton.open({ team: 'people-desk', task: { definition: 'A drill' }, message }, { caseId: name });
    await play({ baton, caseId: name, signer });
    await baton.result(name, { signal: AbortSignal.timeout(60_000) });
    await keeper.keep(baton, name, title);
  }
  workers.stop();
  await ended;
  await baton.close();
  await connection.close();
  await Promise.all([ledger.close(), manifests.close()]);
  await server.stop();
}

type Said = Parameters<BatonClient['decide']>[1];
type Sign = NonNullable<NonNullable<Parameters<BatonClient['decide']>[2]>['sign']>;

/** Decides the newest review, once it is there. */
async function decides(
  one: PeopleCase,
  said: Pick<Said, 'decision' | 'by'> & { readonly reason?: string },
  sign?: Sign,
): Promise<void> {
  const { baton, caseId } = one;
  const wanted = said.decision === 'withdraw' ? 'approved' : 'open';
  const { reviews } = await looks(one, (view) => view.reviews.at(-1)?.status === wanted);
  const { id: reviewId, digest } = reviews.at(-1) ?? { id: '', digest: '' };
  await baton.decide(caseId, { reviewId, digest, reason: why, ...said }, sign ? { sign } : {});
}

/** Says a word once the desk waits for its user. */
async function says(one: PeopleCase, text: string): Promise<void> {
  const { transcript } = await looks(one, ({ stage }) => stage === 'waiting-user');
  await one.baton.say(one.caseId, { messageId: `word-${String(transcript.length)}`, text });
}

async function looks({ baton, caseId }: PeopleCase, holds: (view: CaseView) => boolean): Promise<CaseView> {
  let last: CaseView | undefined;
  const is = async (): Promise<boolean> => {
    last = await baton.show(caseId);
    return holds(last);
  };
  if (!(await until(is, { limitMs: 30_000 })) || !last)
    throw new Error(`${caseId} is ${last?.stage ?? 'unknown'} and never came to it`);
  return last;
}
