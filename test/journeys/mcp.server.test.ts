import { defineTeam, escalate, people } from '../../activities/define-team.ts';
import { defineMcpServer, type McpServer } from '../../activities/mcp-tools.ts';
import { connectMcp } from '../../mcp/connection.ts';
import { pinOffers } from '../../mcp/pins.ts';
import { serveTickets, ticketDesk, type ServedDesk } from '../mcp/ticket-server.ts';
import { agent, call, reply } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';

const desk = ticketDesk();
let served: ServedDesk;
let tickets: McpServer;
let bed: Bed;

beforeAll(async () => {
  served = await serveTickets(desk);
  const at = { kind: 'http', url: served.url } as const;
  const connection = connectMcp(at);
  const { server, tools } = await connection.offers();
  await connection.close();
  tickets = defineMcpServer({ pins: pinOffers(server, tools), at });
});
afterAll(async () => {
  await bed.close();
  await tickets.close();
  await served.close();
});

test('a tool of another system is an effect of the saga: committed by key, undone when the case is cancelled', async () => {
  const open = tickets.tool('open_ticket', {
    keyArgument: 'requestKey',
    undo: { tool: 'withdraw_ticket', arguments: ({ key }) => ({ requestKey: key }) },
  });
  const find = tickets.tool('findTickets', { effect: 'read' });
  const only = agent(
    'only',
    unique('pool'),
    ({ answers }) => {
      const [first] = answers;
      if (first?.tool === 'open-ticket') return call({ tool: 'find-tickets', arguments: { word: 'Lamp' } });
      if (first) return reply(JSON.stringify(first.answer));
      return call({ tool: 'open-ticket', arguments: { title: 'Lamp is dark' } });
    },
    { tools: [open, find] },
  );
  const pool = people('desk', { ann: { roles: ['lead'] } });
  const team = defineTeam({ name: unique('mcp'), start: only, edges: [escalate(only, pool)] });
  bed = await openBed({ teams: [team] });
  const driver = await openCase(bed, team);
  const view = await driver.until((seen) => seen.stage === 'waiting-user');
  expect(view.transcript.at(-1)?.text).toContain('1 found');
  const [effect] = view.effects;
  expect(effect).toMatchObject({ tool: 'open-ticket', status: 'committed' });
  expect([...desk.tickets]).toEqual([[effect?.key, { title: 'Lamp is dark', open: true }]]);
  await driver.handle.cancel();
  expect(await driver.result()).toMatchObject({ outcome: { kind: 'cancelled' } });
  expect([...desk.tickets.values()]).toEqual([{ title: 'Lamp is dark', open: false }]);
});
