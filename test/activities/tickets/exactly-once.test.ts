import fc from 'fast-check';
import { ANA, fakeCase, openTicketBed, OWN } from './ticket-bed.ts';

/** What becomes of the next writing requests: done, lost on the way there, or done with the answer lost. */
const fates = fc.array(fc.constantFrom('done', 'refused', 'lost'), { maxLength: 2 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('user' as const) }),
  fc.record({ kind: fc.constant('ana' as const), public: fc.boolean() }),
  // A round goes on from where the last one said it was, or knows nothing, as after a workflow that failed.
  fc.record({ kind: fc.constant('round' as const), fates, answersLost: fc.nat(1), forgets: fc.boolean() }),
);

test('whatever is lost on the way: both sides are told everything, in order, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), async (steps) => {
      const one = fakeCase();
      one.add('case-opened');
      one.add('handoff-accepted', { handoffId: 'h1', from: 'greeter', to: 'people:desk' }, 'people:desk');
      let pending: readonly string[] = [];
      let fate = 'done';
      const bed = await openTicketBed(
        [one],
        {},
        {
          meddle: ({ method }) => {
            if (method === 'GET') return undefined;
            [fate = 'done', ...pending] = pending;
            return fate === 'refused' ? { status: 500 } : undefined;
          },
          lose: ({ method }) => method !== 'GET' && fate === 'lost',
        },
      );
      try {
        let known = { through: 0, taken: 0 };
        const round = async (): Promise<boolean> => {
          try {
            const { through, taken } = await bed.mirror(one, known);
            known = { through, taken };
            return true;
          } catch {
            return false;
          }
        };
        expect(await round()).toBe(true);
        const [asked, said]: [string[], string[]] = [[], []];
        for (const [index, now] of steps.entries()) {
          if (now.kind === 'round') {
            if (now.forgets) known = { through: 0, taken: 0 };
            pending = now.fates;
            one.losesAnswers = now.answersLost;
            await round();
          } else if (now.kind === 'user') {
            asked.push(`User: ${String(index)}`);
            one.say('message-received', `m${String(index)}`, String(index));
          } else {
            if (now.public) said.push(String(index));
            const [ticket = 0] = bed.desk.tickets.keys();
            await bed.desk.act(ANA, ticket, { comment: { body: String(index), public: now.public } });
          }
        }
        pending = [];
        one.losesAnswers = 0;
        expect(await round()).toBe(true);
        expect(bed.desk.tickets.size).toBe(1);
        const told = bed.desk.audits
          .filter(({ author_id }) => author_id === OWN)
          .slice(1)
          .flatMap(({ events }) => events)
          .map((event) => event['body']);
        expect(told).toEqual(asked);
        expect(one.done.map(([door, { text }]) => [door, text])).toEqual(said.map((text) => ['reply', text]));
      } finally {
        await bed.close();
      }
    }),
    { numRuns: 40 },
  );
});
