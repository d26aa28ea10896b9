import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { ticketDesk, ticketServer } from './ticket-server.ts';

// Over standard input and output, as a team would start it.
const desk = ticketDesk();
if (process.env['TICKETS_DESCRIPTION'] !== undefined) desk.description = process.env['TICKETS_DESCRIPTION'];
serveStdio(() => ticketServer(desk));
