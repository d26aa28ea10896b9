import type { Team } from '../../activities/define-team.ts';
import { openBed, type Bed, type BedOptions, type Caching } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import type { CaseInputWritten } from '../../contract/case.ts';
import { compareLedger } from '../support/ledger-of-history.ts';

/** Journeys under way at a time: enough to use the waiting times, few enough for two cores. */
const atOnce = 8;

/** What a journey is given to play on. */
export interface Stage {
  readonly bed: Bed;
  /** Opens the journey's case. */
  readonly open: (input?: Partial<CaseInputWritten>) => Promise<CaseDriver>;
  readonly caching: Caching;
}

/** One way through a case: a team and what is done to it. It leaves the case closed. */
export interface Journey {
  readonly name: string;
  readonly team: Team;
  readonly play: (stage: Stage) => Promise<void>;
}

/**
 * Plays journeys at once, each with the default cache and once more replayed on every workflow task. After each,
 * the ledger must be what the history says (I9), and every handoff must have come to a final status (I2).
 */
export function playJourneys(
  journeys: readonly Journey[],
  options: Omit<BedOptions, 'teams' | 'caching'> = {},
): void {
  const caching = ['cached', 'uncached'] as const;
  const played = new Map<string, Promise<void>>();
  const turnstile = createTurnstile(atOnce);
  let bed: Bed;

  beforeAll(async () => {
    bed = await openBed({ ...options, teams: journeys.map((journey) => journey.team), caching });
    for (const journey of journeys) {
      for (const kind of caching) {
        const playing = turnstile(() => playOne(bed, journey, kind));
        // Each test below awaits its own; until then nobody does.
        playing.catch(() => undefined);
        played.set(`${journey.name} ${kind}`, playing);
      }
    }
  });
  afterAll(async () => {
    await Promise.allSettled(played.values());
    await bed.close();
  });
  describe.each(caching)('%s', (kind) => {
    test.each(journeys.map((journey) => journey.name))('%s', async (name) => {
      await played.get(`${name} ${kind}`);
    });
  });
}

async function playOne(bed: Bed, journey: Journey, caching: Caching): Promise<void> {
  const opened: CaseDriver[] = [];
  await journey.play({
    bed,
    caching,
    open: async (input) => {
      const driver = await openCase(bed, journey.team, input, caching);
      opened.push(driver);
      return driver;
    },
  });
  for (const driver of opened) {
    const result = await driver.result();
    const { stored, told } = await compareLedger(bed.client, bed.ledger, driver.id);
    expect(stored).toEqual(told);
    expect({ sequence: stored.at(-1)?.sequence, hash: stored.at(-1)?.hash }).toEqual(result.ledger);
    const { handoffs } = await driver.view();
    const unfinished = handoffs.filter((one) =>
      ['proposed', 'held', 'offered', 'accepted', 'dead-lettered'].includes(one.status),
    );
    expect(unfinished).toEqual([]);
  }
}

/** Lets so many pieces of work run at a time, in order. */
function createTurnstile(places: number): (work: () => Promise<void>) => Promise<void> {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    }
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
