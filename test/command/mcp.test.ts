import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readMcpPins } from '../../mcp/pins.ts';
import { serveTickets, ticketDesk, type ServedDesk } from '../mcp/ticket-server.ts';
import { compiledProgram } from '../setup/compiled-sources.ts';
import { runBatonHere } from './run-here.ts';

const desk = ticketDesk();
const environment = { TICKETS_TOKEN: 'Bearer secret' };
let served: ServedDesk;
let folder: string;
let file: string;
beforeAll(async () => {
  served = await serveTickets(desk);
  folder = await mkdtemp(path.join(tmpdir(), 'baton-mcp-'));
  file = path.join(folder, 'tickets.mcp.json');
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

test('a server is pinned, and a change of it is found', async () => {
  const reach = ['--url', served.url, '--header', 'authorization=TICKETS_TOKEN'];
  const pinned = await runBatonHere(['mcp', 'pin', file, ...reach], { environment });
  expect(pinned).toMatchObject({ exitCode: 0, errors: '' });
  expect(pinned.output).toContain('pinned 3 tools of tickets 1.2.0');
  expect(served.authorizations.at(-1)).toBe('Bearer secret');
  expect(Object.keys(readMcpPins(file).tools)).toEqual(['findTickets', 'open_ticket', 'withdraw_ticket']);
  const check = ['mcp', 'check', file, '--json', ...reach];
  expect(await runBatonHere(check, { environment })).toMatchObject({ exitCode: 0 });
  desk.description = 'Opens a ticket \u202e and more';
  desk.offersSearch = false;
  const found = await runBatonHere(check, { environment });
  expect(found.exitCode).toBe(1);
  expect(JSON.parse(found.output)).toMatchObject({
    asPinned: false,
    changed: ['open_ticket'],
    gone: ['findTickets'],
    added: [],
  });
});

test('a program is pinned over standard input and output', async () => {
  const program = [process.execPath, await compiledProgram('test/mcp/tickets-process.ts')];
  const pinned = await runBatonHere(['mcp', 'pin', file, '--json', '--', ...program]);
  expect(pinned).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(pinned.output)).toMatchObject({ server: { name: 'tickets' } });
});

test.each([
  ['no server', ['mcp', 'pin', 'x.json'], 2, 'name the server'],
  ['two servers', ['mcp', 'pin', 'x.json', '--url', 'http://127.0.0.1:9/', '--', 'node'], 2, 'one of them'],
  ['no address', ['mcp', 'pin', 'x.json', '--url', 'tickets'], 2, 'https://tools.example/mcp'],
  [
    'a header typed out',
    ['mcp', 'pin', 'x.json', '--url', 'http://127.0.0.1:9/', '--header', 'a: b'],
    2,
    'NAME=VARIABLE',
  ],
  [
    'a variable not set',
    ['mcp', 'pin', 'x.json', '--url', 'http://127.0.0.1:9/', '--header', 'a=NOT_SET'],
    2,
    'NOT_SET is not set',
  ],
  ['nobody there', ['mcp', 'pin', 'x.json', '--url', 'http://127.0.0.1:9/'], 3, 'MCP_UNREACHABLE'],
  ['no such program', ['mcp', 'pin', 'x.json', '--', '/no/such/program'], 3, 'MCP_UNREACHABLE'],
  [
    'no file of pins',
    ['mcp', 'check', '/no/such/file', '--url', 'http://127.0.0.1:9/'],
    2,
    'MCP_PINS_INVALID',
  ],
])('%s is refused by name', async (_, words, exitCode, said) => {
  const ended = await runBatonHere([...words, '--json']);
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.errors).toContain(said);
});
