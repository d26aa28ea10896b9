import type { Command } from 'commander';
import { inert } from '../output/inert.ts';
import type { Answer, Running } from '../run-command.ts';
import { answering, JSON_OPTION } from '../run-command.ts';

/** `baton people check`, `baton people who` */
export function addPeople(program: Command, running: Running): void {
  const people = program.command('people').description('look at a directory of people');
  people
    .command('check')
    .description('whether a file is a directory of people; every fault with its line')
    .argument('<file>', 'YAML or JSON')
    .option(...JSON_OPTION)
    .action((file: string, options: { json?: boolean }) =>
      answering(running, options, async () => {
        const { openPeopleFile } = await import('../../stores/directory/people-file.ts');
        await openPeopleFile(file);
        return { json: { file, ok: true }, text: `${inert(file)}: sound\n` };
      }),
    );
  people
    .command('who')
    .description('who is of a pool at an instant, whether it is open, and who would be asked first')
    .argument('<file>', 'YAML or JSON')
    .requiredOption('--pool <name>', 'the pool')
    .option('--role <names>', 'roles of which a person needs one, separated by commas')
    .option('--at <instant>', 'ISO 8601; now when left out')
    .option(...JSON_OPTION)
    .action((file: string, options: WhoOptions & { json?: boolean }) =>
      answering(running, options, () => who(file, options)),
    );
}

interface WhoOptions {
  readonly pool: string;
  readonly role?: string;
  readonly at?: string;
}

async function who(file: string, { pool, role, at }: WhoOptions): Promise<Answer> {
  const { openPeopleFile } = await import('../../stores/directory/people-file.ts');
  const instant = new Date(at ?? Date.now()).toISOString();
  const roles = role?.split(',').map((name) => name.trim());
  const directory = await openPeopleFile(file);
  const answer = await directory.consult({
    caseId: 'nobody',
    team: 'any',
    pool,
    staffing: roles ? { roles } : {},
    occasion: { kind: 'case-arrived' },
    at: instant,
    from: instant,
    intervals: [],
  });
  const lines = Object.entries(answer.people).map(([id, one]) => {
    const lent = (one.actsFor ?? []).map((other) => `, for ${other.person} until ${other.until}`).join('');
    return `  ${inert(`${id} (${one.roles.join(', ') || 'no role'}${lent})`)}\n`;
  });
  const hours = answer.open ? 'open' : `closed, opens ${answer.opensAt ?? 'never again'}`;
  const first = answer.assigned === undefined ? '' : `first: ${inert(answer.assigned)}\n`;
  return {
    json: { pool, at: instant, ...answer },
    text: `${inert(pool)}: ${hours}\n${lines.join('')}${first}`,
  };
}
