import { IANAZone } from 'luxon';
import { z } from 'zod';
import { idSchema, nameSchema, versionSchema } from '../../contract/words.ts';

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const word = z.string().min(1).max(100);
const words = z.array(word).max(100);
const spans = z
  .array(z.string().regex(CLOCK, 'such as 09:00-17:30; one that ends before it begins ends the next day'))
  .max(10);

const Hours = z.strictObject({
  zone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'a time zone of the IANA database, such as Europe/Berlin'),
  days: z
    .strictObject({
      mon: spans.optional(),
      tue: spans.optional(),
      wed: spans.optional(),
      thu: spans.optional(),
      fri: spans.optional(),
      sat: spans.optional(),
      sun: spans.optional(),
    })
    .refine((days) => Object.values(days).some((one) => (one ?? []).length > 0), 'open on one day at least'),
  /** Days on which nobody works, by the calendar of the zone. */
  closed: z.array(z.iso.date()).max(1_000).optional(),
});
/** When people work, by the clock of a place. */
export type Hours = z.output<typeof Hours>;

const Delegation = z
  .strictObject({
    to: idSchema(),
    from: z.iso.datetime({ offset: true }),
    until: z.iso.datetime({ offset: true }),
    /** Roles that are lent; all of them when absent. */
    roles: words.min(1).optional(),
  })
  .refine(({ from, until }) => Date.parse(from) < Date.parse(until), 'it ends before it begins');

const Person = z.strictObject({
  pools: z.array(nameSchema()).max(100),
  roles: words.default([]),
  skills: words.default([]),
  /** BCP 47 tags. */
  languages: words.default([]),
  /** Hours of their own; those of the pool when absent. */
  hours: nameSchema().optional(),
  /** First and last instant at which they belong to their pools. */
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  /** Who has their authority for a while. */
  delegates: z.array(Delegation).max(50).optional(),
});

const Directory = z
  .strictObject({
    version: versionSchema(),
    hours: z.record(nameSchema(), Hours).default({}),
    /** Hours of pools; always open when a pool has none. */
    pools: z.record(nameSchema(), z.strictObject({ hours: nameSchema() })).default({}),
    people: z.record(idSchema(), Person),
  })
  .superRefine((directory, context) => {
    for (const { path, message } of faultsOf(directory)) context.addIssue({ code: 'custom', path, message });
  });
/** A directory of people as its file says it. */
export type PeopleFile = z.output<typeof Directory>;

/** The schema of the file. */
export function peopleFileSchema(): typeof Directory {
  return Directory;
}

interface Fault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Names that lead nowhere: hours that are not there, and authority lent to nobody. */
function faultsOf({
  hours,
  pools,
  people,
}: Pick<PeopleFile, 'hours' | 'pools' | 'people'>): readonly Fault[] {
  const known = `\`hours\` has ${Object.keys(hours).join(', ') || 'none'}`;
  const absent = (name: string | undefined): boolean => name !== undefined && !Object.hasOwn(hours, name);
  return [
    ...Object.entries(pools).flatMap(([pool, one]) =>
      absent(one.hours)
        ? [{ path: ['pools', pool, 'hours'], message: `there are no hours ${one.hours}; ${known}` }]
        : [],
    ),
    ...Object.entries(people).flatMap(([id, person]): Fault[] => [
      ...(absent(person.hours)
        ? [{ path: ['people', id, 'hours'], message: `there are no hours ${person.hours ?? ''}; ${known}` }]
        : []),
      ...(person.delegates ?? []).flatMap(({ to }, index): Fault[] => {
        const path = ['people', id, 'delegates', index, 'to'];
        if (to === id) return [{ path, message: 'nobody can act for themselves' }];
        return Object.hasOwn(people, to) ? [] : [{ path, message: `\`people\` has no ${to}` }];
      }),
    ]),
  ];
}
