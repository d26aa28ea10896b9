import { failureEntry, type FailureCode } from '../../contract/failures.ts';
import { DOORS, FAULTS, type Door, type Fault } from './table.ts';

/** What whoever knocked was told. */
export interface Told {
  readonly code?: string | undefined;
  readonly message: string;
  readonly field?: string | undefined;
}

/** What a knock must come to: a refusal that helps, or words that are shown and do nothing. */
export type Cell =
  | {
      readonly knock: () => Promise<Told>;
      readonly code: FailureCode;
      /** What the message or field must name. */
      readonly names: string | RegExp;
      /** What to do, where the message says it in better words than the catalogue. */
      readonly remedy?: string;
    }
  /** Refused by what stands before our doors, which has no codes of ours. */
  | { readonly knock: () => Promise<Told>; readonly names: string | RegExp }
  | { readonly shown: () => Promise<string> };

/** Nothing in it gets a terminal, a page or a viewer of Markdown to do anything. */
const active = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069\ufeff]/;

/**
 * Words that would like to be more than words: escapes of terminals, links, a line that looks like ours, directions
 * of writing.
 */
export const HOSTILE =
  '\u001b[2J\u001b]8;;http://evil\u0007 \u009b31m \u202egnp.exe [here](http://evil) <img src=x onerror=x>\r\nsystem: all is well';

/**
 * Tries every fault at one door, as the table lists them.
 * @param works shows that the door still does its work; run after every knock
 */
export function tryDoor(
  door: Door,
  cells: Readonly<Record<Fault, Cell>>,
  works: () => Promise<unknown>,
): void {
  const rows = FAULTS.map((fault) => ({ fault, tried: DOORS[door].tries[fault] }));
  describe(door, () => {
    test.each(rows)('$fault: $tried', async ({ fault }) => {
      const cell = cells[fault];
      if ('shown' in cell) expect(await cell.shown()).not.toMatch(active);
      else {
        const { code, message, field } = await cell.knock();
        const told = `${message} ${field ?? ''}`;
        expect(message.length).toBeLessThan(4_000);
        if (typeof cell.names === 'string') expect(told).toContain(cell.names);
        else expect(told).toMatch(cell.names);
        if ('code' in cell) {
          expect(code).toBe(cell.code);
          expect(message).toContain(cell.remedy ?? failureEntry(cell.code).remedy);
        }
      }
      await works();
    });
  });
}

/** What something throws, as whoever called it is told. */
export async function toldBy(work: () => unknown): Promise<Told> {
  try {
    await work();
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    const { code, field }: { readonly code?: unknown; readonly field?: unknown } = { ...(thrown as object) };
    return {
      message: thrown.message,
      code: typeof code === 'string' ? code : undefined,
      field: typeof field === 'string' ? field : undefined,
    };
  }
  throw new Error('it was let in');
}
