import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { DirectoryAnswer, DirectoryPerson, DirectoryQuestion } from '../../contract/directory.ts';
import { BatonError, failure } from '../../contract/failures.ts';
import type { PeopleDirectory } from '../../contract/ports.ts';
import { refuseVersion } from '../../contract/versions.ts';
import { offsetOf } from '../yaml-places.ts';
import { peopleFileSchema, type Hours, type PeopleFile } from './people-schema.ts';
import { afterWorking, isOpen, opensAt } from './working-time.ts';

const FILE_BYTES = 4_194_304;
/** An assignment makes somebody busy for so long where nobody says otherwise, in milliseconds. */
const BUSY_MS = 3_600_000;

/** What may be plugged into a directory over a file. */
export interface PeopleFileOptions {
  /** How busy people are, for the least busy of a pool; counted by assignments of the last hour when absent. */
  readonly loads?: (people: readonly string[]) => Promise<Readonly<Record<string, number>>>;
}

/**
 * A directory of people over a file of YAML or JSON. It is looked at for every question, and read again when it has
 * changed: somebody who has left is gone with the next question.
 * @throws BatonError `DIRECTORY_INVALID` with every fault as `file:line:column: field: what to mend`;
 * `CONFIGURATION_INVALID` for a file that cannot be read
 */
export async function openPeopleFile(
  file: string,
  options: PeopleFileOptions = {},
): Promise<PeopleDirectory> {
  const loads = options.loads ?? countedLoads();
  let known = await load(file);
  return {
    consult: async (question) => {
      const { mtimeMs, size } = await lookAt(file);
      if (mtimeMs !== known.mtimeMs || size !== known.size) known = await load(file);
      return answer(known.people, question, loads);
    },
  };
}

type Loads = NonNullable<PeopleFileOptions['loads']> & { note?: (person: string, at: number) => void };

/** Loads as this process knows them. */
function countedLoads(): Loads {
  const given: { readonly person: string; readonly at: number }[] = [];
  const loads: Loads = (people) => {
    const since = Date.now() - BUSY_MS;
    const recent = given.filter((one) => one.at > since);
    given.splice(0, given.length, ...recent);
    return Promise.resolve(
      Object.fromEntries(people.map((id) => [id, recent.filter(({ person }) => person === id).length])),
    );
  };
  loads.note = (person, at) => {
    given.push({ person, at });
  };
  return loads;
}

async function answer(
  directory: PeopleFile,
  question: DirectoryQuestion,
  loads: Loads,
): Promise<DirectoryAnswer> {
  const { pool } = question;
  const at = Date.parse(question.at);
  const hours = hoursNamed(directory, own(directory.pools, pool)?.hours);
  const people = peopleOf(directory, question, at);
  const open = isOpen(hours, at);
  const next = opensAt(hours, at);
  const from = Date.parse(question.from);
  const instants = question.intervals.map((ms) => {
    const instant = afterWorking(hours, from, ms);
    if (instant === undefined)
      throw new BatonError(
        failure('DIRECTORY_INVALID', `the pool ${pool} never opens again`, `pools.${pool}`),
      );
    return new Date(instant).toISOString();
  });
  const able = Object.keys(people).filter((id) => canAct(people[id], at));
  const assigned = await assignedOf(directory, question, able, hours, loads);
  return {
    people,
    open,
    ...(open || next === undefined ? {} : { opensAt: new Date(next).toISOString() }),
    instants,
    ...(assigned === undefined ? {} : { assigned }),
  };
}

type Member = PeopleFile['people'][string];

/** Everybody of the pool, and whoever acts for somebody of it. */
function peopleOf(
  directory: PeopleFile,
  question: DirectoryQuestion,
  at: number,
): Record<string, DirectoryPerson> {
  const found: [string, DirectoryPerson][] = [];
  for (const [id, member] of Object.entries(directory.people)) {
    const belongs = isHere(member, at) && qualifies(member, question);
    const actsFor = isHere(member, at) ? delegationsTo(directory, question, id, at) : [];
    if (!belongs && actsFor.length === 0) continue;
    found.push([
      id,
      {
        roles: belongs ? member.roles : [],
        ...(member.until === undefined ? {} : { until: utc(member.until) }),
        ...(actsFor.length === 0 ? {} : { actsFor }),
        ...(belongs ? {} : { deputy: true }),
      },
    ]);
  }
  return Object.fromEntries(found);
}

/** Authority that others of the pool have lent somebody and that has not run out. */
function delegationsTo(
  directory: PeopleFile,
  question: DirectoryQuestion,
  to: string,
  at: number,
): NonNullable<DirectoryPerson['actsFor']> {
  return Object.entries(directory.people).flatMap(([person, member]) =>
    isHere(member, at) && qualifies(member, question)
      ? (member.delegates ?? [])
          .filter((one) => one.to === to && Date.parse(one.until) > at)
          .map(({ from, until, roles = member.roles }) => ({
            person,
            // Nobody can lend what they do not have.
            roles: roles.filter((role) => member.roles.includes(role)),
            from: utc(from),
            until: utc(until),
          }))
      : [],
  );
}

function isHere({ from, until }: Member, at: number): boolean {
  return (from === undefined || Date.parse(from) <= at) && (until === undefined || at < Date.parse(until));
}

function qualifies(member: Member, { pool, staffing }: DirectoryQuestion): boolean {
  const { roles, skills = [] } = staffing;
  return (
    member.pools.includes(pool) &&
    (roles === undefined || member.roles.some((role) => roles.includes(role))) &&
    skills.every((skill) => member.skills.includes(skill))
  );
}

/** Whoever had the case last, else the least busy of those at work; speakers of the user's language before others. */
async function assignedOf(
  directory: PeopleFile,
  question: DirectoryQuestion,
  people: readonly string[],
  hours: Hours | undefined,
  loads: Loads,
): Promise<string | undefined> {
  const at = Date.parse(question.at);
  const working = people.filter((id) => {
    const member = own(directory.people, id);
    return member !== undefined && isOpen(hoursNamed(directory, member.hours) ?? hours, at);
  });
  const { language, last } = question;
  const speaking =
    question.staffing.language === 'user' && language !== undefined
      ? working.filter((id) => speaks(own(directory.people, id), language))
      : [];
  const able = speaking.length > 0 ? speaking : working;
  if (last !== undefined && able.includes(last)) return last;
  const busy = await loads(able);
  const [first] = able.toSorted((left, right) => (own(busy, left) ?? 0) - (own(busy, right) ?? 0));
  if (first !== undefined) loads.note?.(first, Date.now());
  return first;
}

function speaks(member: Member | undefined, language: string): boolean {
  const [wanted] = language.toLowerCase().split('-');
  return (member?.languages ?? []).some((tag) => tag.toLowerCase().split('-')[0] === wanted);
}

/** Whoever acts for others has nothing to do before that begins. */
function canAct(person: DirectoryPerson | undefined, at: number): boolean {
  return person?.deputy !== true || (person.actsFor ?? []).some((one) => Date.parse(one.from) <= at);
}

function hoursNamed(directory: PeopleFile, name: string | undefined): Hours | undefined {
  return name === undefined ? undefined : own(directory.hours, name);
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function utc(instant: string): string {
  return new Date(instant).toISOString();
}

async function load(
  file: string,
): Promise<{ readonly people: PeopleFile; readonly mtimeMs: number; readonly size: number }> {
  const { mtimeMs, size } = await lookAt(file);
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
  const reading = readPeopleText(text);
  if (reading.ok) return { people: reading.people, mtimeMs, size };
  const faults = reading.faults
    .slice(0, 20)
    .map((one) => `${file}:${String(one.line)}:${String(one.column)}: ${one.field}: ${one.problem}`);
  throw new BatonError(failure('DIRECTORY_INVALID', faults.join(' | '), 'people'));
}

async function lookAt(file: string): Promise<{ readonly mtimeMs: number; readonly size: number }> {
  const { mtimeMs, size } = await stat(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
  if (size > FILE_BYTES) throw unreadable(file, new Error(`it has ${String(size)} bytes`));
  return { mtimeMs, size };
}

function unreadable(file: string, thrown: unknown): BatonError {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new BatonError(failure('CONFIGURATION_INVALID', `${file} cannot be read: ${why}`, 'people'));
}

/** One fault of a directory's text. Lines and columns count from 1. */
export interface PeopleFault {
  readonly line: number;
  readonly column: number;
  readonly field: string;
  readonly problem: string;
}

/** What a text says: a directory of people, or everything that is wrong with it. */
export type PeopleReading =
  | { readonly ok: true; readonly people: PeopleFile }
  | { readonly ok: false; readonly faults: readonly PeopleFault[] };

/** Reads a directory of people from a text of YAML, which JSON is, too. */
export function readPeopleText(text: string): PeopleReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const fault = (offset: number, field: string, problem: string): PeopleFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), field, problem };
  };
  if (document.errors.length > 0)
    return { ok: false, faults: document.errors.map((one) => fault(one.pos[0], 'people', one.message)) };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (thrown) {
    return { ok: false, faults: [fault(0, 'people', String(thrown))] };
  }
  const version = refuseVersion(value, 'directory');
  if (version)
    return { ok: false, faults: [fault(offsetOf(document, ['version']), 'version', version.message)] };
  const result = peopleFileSchema().safeParse(value);
  if (result.success) return { ok: true, people: result.data };
  const faults = result.error.issues.map((issue) => {
    const path = issue.path.map((name) => (typeof name === 'symbol' ? String(name) : name));
    const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const field = extra === undefined ? path : [...path, extra];
    const problem = extra === undefined ? issue.message : 'there is no such field; remove or rename it';
    return fault(offsetOf(document, field), field.join('.'), problem);
  });
  return { ok: false, faults: faults.toSorted((one, other) => one.line - other.line) };
}
