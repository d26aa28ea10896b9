/**
 * A ticket system in memory that speaks the API of tickets as Zendesk has it, to try Baton's tickets with:
 * `DESK_TOKEN=a DESK_HOOK_SECRET=b node --import tsx examples/ticket-desk.ts`. It prints what its tickets are told, and
 * does what is typed in the name of account 20: `2 hello` is a public comment on ticket 2, `2 note /claim` a note,
 * `2 solved` a status.
 */
import { createInterface } from 'node:readline';
import { startLocalDesk } from './tickets/local-desk.ts';

const PERSON = 20;
const { DESK_TOKEN: token = '', DESK_HOOK_SECRET: secret = '' } = process.env;
const hookUrl = process.argv[2] ?? 'http://127.0.0.1:8080/tickets/support/hook';
const STATUSES: readonly string[] = ['open', 'pending', 'solved', 'closed'];

const desk = await startLocalDesk({
  port: 9100,
  account: { email: 'baton@acme.example', token, id: 1 },
  hook: { url: () => hookUrl, secret },
  onAudit: ({ ticket_id, author_id, events }) => {
    for (const event of events)
      process.stdout.write(`#${String(ticket_id)} by ${String(author_id)}: ${wordsOf(event)}\n`);
  },
});
process.stdout.write(`a desk at ${desk.url}, hooks to ${hookUrl}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [, ticket = '', note, said = ''] = /^(\d+) (note )?(.+)$/.exec(line) ?? [];
  const change = STATUSES.includes(said)
    ? { status: said }
    : { comment: { body: said, public: note === undefined } };
  await desk.act(PERSON, Number(ticket), change).catch((thrown: unknown) => {
    process.stdout.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  });
}
await desk.close();

function wordsOf(event: Readonly<Record<string, unknown>>): string {
  if (event['type'] === 'Comment')
    return `${event['public'] === true ? 'public' : 'note'}: ${String(event['body'])}`;
  return `${String(event['field_name'])} = ${String(event['value'])}`;
}
