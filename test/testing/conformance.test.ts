import { defineMcpServer } from '../../activities/mcp-tools.ts';
import { connectMcp } from '../../mcp/connection.ts';
import { pinOffers } from '../../mcp/pins.ts';
import { agentConformance, type SubjectTool } from '../../testing/index.ts';
import { serveTickets, ticketDesk } from '../mcp/ticket-server.ts';
import { byRules, scripted, withModel, withVendor } from '../support/subjects.ts';

/** A write of an MCP server over HTTP, as a tool of the agent. */
async function ticketTool(): Promise<SubjectTool> {
  const desk = ticketDesk();
  const served = await serveTickets(desk);
  const at = { kind: 'http', url: served.url } as const;
  const connection = connectMcp(at);
  const { server, tools } = await connection.offers();
  await connection.close();
  const tickets = defineMcpServer({ pins: pinOffers(server, tools), at });
  return {
    tool: tickets.tool('open_ticket', {
      keyArgument: 'requestKey',
      undo: { tool: 'withdraw_ticket', arguments: ({ key }) => ({ requestKey: key }) },
    }),
    arguments: { title: 'Lamp is dark' },
    wrong: { title: 'no' },
    standing: () => [...desk.tickets.values()].filter((one) => one.open).length,
    close: async () => {
      await tickets.close();
      await served.close();
    },
  };
}

describe.each([
  ['by rules', byRules],
  ['scripted', scripted],
  ['with a model', withModel],
  ['with a model of OpenAI, responses', withVendor('openai')],
  ['with a model of OpenAI, chat completions', withVendor('openai-chat')],
  ['with a model of Anthropic', withVendor('anthropic')],
  ['with a model of Google', withVendor('google')],
  ['by rules, with a tool of an MCP server', { ...byRules, tool: ticketTool }],
  ['with a model and a tool of an MCP server', { ...withModel, tool: ticketTool }],
])('an agent %s', (_, subject) => {
  for (const check of agentConformance(subject)) test(check.name, check.run);
});
