/**
 * Identifiers in prose against a typed envelope: the same chain of agents passes what it knows on, once in the words
 * of its summaries and once as facts. The figures stand in docs/context.md.
 */
import { z } from 'zod';
import type { Turn } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import type { JsonObject } from '../../contract/json.ts';
import { agent, finish } from '../support/agents.ts';
import { openBed, unique } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';
import { letter, memo, office, readNotes, type Known, type Read, type Style } from './prose/notes.ts';

const CASES = 20;
const NAMES = ['intake', 'billing', 'legal', 'archive'] as const;
const STYLES: readonly Style[] = [letter, memo, office];
type Form = 'prose' | 'typed';

const Facts = z.object({
  ...{ order: z.string(), replacement: z.string(), invoice: z.string() },
  ...{ charged: z.number(), owed: z.number(), due: z.string() },
  ...{ phone: z.string(), mail: z.string(), iban: z.string(), parcel: z.string() },
  ...{ seats: z.number(), plan: z.string() },
});
/** Where prose is all that crosses, receivers declare nothing. */
const Nothing = z.object({});

/** Cases that are told apart by every value; amounts and dates of every size and day. */
function caseNumber(index: number): Known {
  const digits = (factor: number, length: number): string =>
    String((index + 1) * factor)
      .padStart(length, '7')
      .slice(-length);
  return {
    order: `O-${digits(7_919, 6)}`,
    replacement: `O-${digits(6_007, 6)}`,
    invoice: `INV-2026-${digits(1_009, 4)}`,
    charged: Number(((index + 1) * 137.45).toFixed(2)),
    owed: Number(((index + 1) * 61.3).toFixed(2)),
    due: `2026-${String(1 + (index % 12)).padStart(2, '0')}-${String(1 + ((index * 7) % 28)).padStart(2, '0')}`,
    phone: `+91 ${digits(98_765, 5)} ${digits(43_210, 5)}`,
    mail: `customer.${String(index)}@example.com`,
    iban: `DE89 3704 0044 ${digits(5_320, 4)} 1300 00`,
    parcel: `JD01 ${digits(4_603, 4)} ${digits(8_887, 4)}`,
    seats: 2 + index,
    plan: index % 2 === 0 ? 'Team Plus' : 'Solo',
  };
}

/** What every agent of the chain knew of each case, by its name. */
type Seen = Record<(typeof NAMES)[number], Map<string, Read>>;

function chainOf(form: Form, seen: Seen): Team {
  const pool = unique('pool');
  const agents = NAMES.map((name, place) =>
    agent(
      name,
      pool,
      (turn) => {
        const known: Read =
          place === 0 || form === 'typed' ? Facts.parse(turn.facts) : readNotes(notesIn(turn));
        seen[name].set(turn.caseId, known);
        const next = NAMES[place + 1];
        if (next === undefined) return finish();
        const written = (STYLES[place] ?? letter)(known);
        return {
          intent: {
            kind: 'transfer',
            to: next,
            reasonCode: 'next',
            explanation: `${next} is next`,
            ...(form === 'typed'
              ? { facts: Facts.parse(known) }
              : { summary: { decision: written, inputs: [], openQuestions: [] } }),
          },
        };
      },
      { accepts: form === 'typed' || place === 0 ? Facts : Nothing },
    ),
  );
  const [intake, billing, legal, archive] = agents;
  if (!intake || !billing || !legal || !archive) throw new RangeError('the chain has four agents');
  return defineTeam({
    name: unique(form),
    start: intake,
    edges: [
      edge(intake, billing),
      edge(billing, legal),
      edge(legal, archive),
      escalate(archive, people('desk', { ann: { roles: [] } })),
    ],
  });
}

function notesIn(turn: Turn<JsonObject>): string {
  return turn.transfer?.summary?.decision ?? '';
}

interface Arrived {
  readonly right: number;
  readonly lost: number;
  readonly wrong: number;
}

/** How much of what the first agent knew of all cases an agent knows. */
function compare(truth: ReadonlyMap<string, Known>, read: ReadonlyMap<string, Read>): Arrived {
  const names = Object.keys(Facts.shape) as (keyof Known)[];
  const states = [...truth].flatMap(([id, known]) =>
    names.map((name) => {
      const value = read.get(id)?.[name];
      return value === undefined ? 'lost' : value === known[name] ? 'right' : 'wrong';
    }),
  );
  const count = (state: string): number => states.filter((one) => one === state).length;
  return { right: count('right'), lost: count('lost'), wrong: count('wrong') };
}

test('everything known upstream is known downstream where it crosses as facts, and not where it crosses as prose', async () => {
  const seen = { prose: emptySeen(), typed: emptySeen() };
  const teams = { prose: chainOf('prose', seen.prose), typed: chainOf('typed', seen.typed) };
  const bed = await openBed({ teams: [teams.prose, teams.typed] });
  try {
    const table: string[] = ['form   agent    right lost wrong'];
    const arrived: Record<Form, Arrived[]> = { prose: [], typed: [] };
    for (const form of ['prose', 'typed'] as const) {
      const truth = new Map<string, Known>();
      const opened = Array.from({ length: CASES }, async (_, index) => {
        const known = caseNumber(index);
        const driver = await openCase(bed, teams[form], { facts: { ...known } });
        truth.set(driver.id, known);
        expect(await driver.result()).toMatchObject({ path: NAMES, hops: 3 });
      });
      await Promise.all(opened);
      for (const name of NAMES) {
        const figures = compare(truth, seen[form][name]);
        arrived[form].push(figures);
        const { right, lost, wrong } = figures;
        const cells = [right, lost, wrong].map((cell) => String(cell).padStart(5)).join('');
        table.push(`${form}  ${name.padEnd(8)}${cells}`);
      }
    }
    process.stdout.write(`${table.join('\n')}\n`);
    const all = CASES * Object.keys(Facts.shape).length;
    // What is passed on is what was known: both chains begin with everything.
    expect(arrived.prose[0]).toEqual({ right: all, lost: 0, wrong: 0 });
    expect(arrived.typed).toEqual(NAMES.map(() => ({ right: all, lost: 0, wrong: 0 })));
    // The first style is read whole by the rules, so that what is lost later is lost in passing on.
    expect(arrived.prose[1]?.right).toBeGreaterThan(0.9 * all);
    const survivors = arrived.prose.map(({ right }) => right);
    expect(survivors.at(-1)).toBeLessThan(0.9 * all);
    expect(arrived.prose.at(-1)?.lost).toBeGreaterThan(0);
    expect(arrived.prose.at(-1)?.wrong).toBeGreaterThan(0);
    expect(survivors).toEqual(survivors.toSorted((left, right) => right - left));
  } finally {
    await bed.close();
  }
});

function emptySeen(): Seen {
  return { intake: new Map(), billing: new Map(), legal: new Map(), archive: new Map() };
}
