import fc from 'fast-check';
import type { LedgerRow } from '../../contract/ledger.ts';
import type { CaseState } from '../../workflows/state.ts';
import { endPlay } from './model/checks.ts';
import { beginPlay, type Play, type Scenario } from './model/play.ts';
import { scenarios } from './model/scenarios.ts';
import { endRecord, storeRows } from './model/world.ts';

/** Lives played in one run: `BATON_RUNS=20000 BATON_SEED=7 npx jest carried-life` looks longer. */
const numRuns = Number(process.env['BATON_RUNS'] ?? 100);

/** A life, and what it decided, in a form in which a carried one is the same. */
interface Life {
  readonly play: Play;
  /** What was asked of the world since the last look. */
  readonly steps: () => string;
}

function begin(scenario: Scenario): Life {
  let steps: unknown[] = [];
  const play = beginPlay(scenario, [(observed) => steps.push(...observed.steps)], { continues: false });
  return {
    play,
    steps: () => {
      const text = JSON.stringify(steps);
      steps = [];
      return text;
    },
  };
}

/** Rows without the ones that tell of continuing, and so without their place in the chain. */
function told(rows: readonly LedgerRow[]): unknown {
  return rows
    .filter((row) => row.kind !== 'case-continued')
    .map(({ at, kind, owner, content }) => ({ at, kind, owner, content }));
}

function shown(state: CaseState): unknown {
  const { ledger, rows, manifest, ...rest } = state;
  return { ...rest, pinned: manifest !== null, begun: ledger.sequence > 0, rows: told(rows) };
}

/** Continues a case that is at rest, and flushes the row that tells of it. Takes as long as two decisions. */
function carry({ play }: Life): boolean {
  const timers = [...play.world.timers.keys()];
  if (!play.continueAsNew()) return false;
  const [record] = play.world.outstanding;
  if (record?.step.kind !== 'record') throw new Error('the row that tells of continuing is not flushed');
  play.dispatch({
    kind: 'recorded',
    through: storeRows({ ...play.world, storeDown: false }, record.rows),
  });
  endRecord(play.world, record, play.state());
  // Which of several timers a move fires goes by their order, which means nothing.
  const armed = new Map(play.world.timers);
  play.world.timers.clear();
  for (const id of [...timers, ...armed.keys()]) {
    const timer = armed.get(id);
    if (timer) play.world.timers.set(id, timer);
  }
  return true;
}

/** Lets the same time pass in the life that goes straight on. */
function waitForTheOther({ play }: Life): void {
  for (let decision = 0; decision < 2; decision += 1) play.dispatch({ kind: 'recorded', through: 0 });
}

let carried = 0;

/** Compares texts first: a comparison by structure takes ten times as long, and is only for the message. */
function same(got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) expect(got).toEqual(wanted);
}

function compare(scenario: Scenario): void {
  const straight = begin(scenario);
  const other = begin(scenario);
  for (const move of scenario.moves) {
    straight.play.move(move);
    other.play.move(move);
    same(other.steps(), straight.steps());
    same(shown(other.play.state()), shown(straight.play.state()));
    if (!carry(other)) continue;
    carried += 1;
    waitForTheOther(straight);
    same(shown(other.play.state()), shown(straight.play.state()));
    same([...other.play.world.timers.values()], [...straight.play.world.timers.values()]);
    straight.steps();
    other.steps();
  }
  endPlay(straight.play);
  endPlay(other.play);
  same(other.steps(), straight.steps());
  same(shown(other.play.state()), shown(straight.play.state()));
  same(told(other.play.rows), told(straight.play.rows));
}

test('a life carried to a new execution at every point of rest is the life that went straight on', () => {
  fc.assert(fc.property(scenarios, compare), { numRuns });
  // A comparison that never carries anything would hold as well.
  expect(carried).toBeGreaterThan(numRuns);
});
