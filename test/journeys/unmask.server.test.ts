/** What edges mask can be seen by those allowed, once, and on record (X5). */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { createBatonClient, type BatonClient } from '../../client/baton-client.ts';
import { ledgerHash, type LedgerRow } from '../../contract/ledger.ts';
import { MESSAGES } from '../../contract/messages.ts';
import type { ContextStore, LedgerStore, ManifestStore } from '../../contract/ports.ts';
import { cipherOfEnvironment } from '../../security/index.ts';
import { contextLocations, openContextAt, openLedgerStore, openManifestStore } from '../../stores/index.ts';
import { failureFrom } from '../client/desk.ts';
import { runBatonHere } from '../command/run-here.ts';
import { agent, finish, reply } from '../support/agents.ts';
import { openBed, quietRuntime, unique, type Bed } from '../support/bed.ts';
import { openCase, type CaseDriver } from '../support/case-driver.ts';
import { eventsOf } from '../support/ledger-of-history.ts';

const PHONE = '+91 98765 40001';
/** Given for the handoff alone: no turn keeps it, no message says it. */
const MAIL = 'canary.bird@example.com';
const CALLED = `the user can be called at ${PHONE}`;

const Person = z.object({
  phone: z.string().meta({ pii: 'phone' }).optional(),
  contacts: z.array(z.object({ mail: z.string() })).optional(),
});
const desk = people('desk', { ann: { roles: ['lead'] }, pia: { roles: ['privacy'] } });
/** The team on a pool of its own, so that no other workers take its turns. */
function teamOn(pool: string): Team {
  const legal = agent(
    'legal',
    pool,
    (turn) => (turn.unanswered.some((one) => one.text === 'bye') ? finish('done') : reply('tell me more')),
    { domain: 'legal', accepts: Person },
  );
  const busy = agent('busy', pool, () => finish('never'), {
    domain: 'legal',
    accepts: Person,
    declines: () => 'full',
  });
  const front = agent(
    'front',
    pool,
    (turn) => ({
      intent: {
        kind: 'transfer',
        to: turn.unanswered[0]?.text === 'busy' ? 'busy' : 'legal',
        reasonCode: 'letter',
        explanation: CALLED,
        facts: { phone: PHONE, contacts: [{ mail: MAIL }] },
      },
    }),
    { domain: 'front', accepts: Person },
  );
  return defineTeam({
    name: unique('masks'),
    start: front,
    edges: [
      edge(front, legal, { unmask: ['privacy'], context: { summary: true } }),
      edge(front, busy, { fallback: [legal] }),
      escalate(legal, desk),
    ],
  });
}
const team = teamOn(unique('pool'));

let folder: string;
let ledger: LedgerStore;
let manifests: ManifestStore;
let context: ContextStore;
let bed: Bed;
let baton: BatonClient;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  quietRuntime();
  folder = await mkdtemp(path.join(tmpdir(), 'baton-unmask-'));
  environment = {
    BATON_LEDGER_URL: `file:${path.join(folder, 'ledger.db')}`,
    BATON_CONTEXT_URL: `file:${path.join(folder, 'context.db')}`,
    TEMPORAL_ADDRESS: String(process.env['TEMPORAL_ADDRESS']),
  };
  ledger = await openLedgerStore(String(environment['BATON_LEDGER_URL']));
  manifests = await openManifestStore(String(environment['BATON_LEDGER_URL']));
  context = await openContextAt(contextLocations(environment), cipherOfEnvironment(environment));
  bed = await openBed({ teams: [team], stores: { ledger, manifests }, context });
  baton = createBatonClient({ client: bed.client, ledger, context });
});
afterAll(async () => {
  await bed.close();
  await Promise.all([ledger.close(), manifests.close(), context.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** A case behind the wall, of a person of its own. */
async function behindTheWall(message = 'hello'): Promise<{ driver: CaseDriver; person: string }> {
  const person = unique('user');
  const driver = await openCase(bed, team, {
    user: { id: person },
    message: { id: 'm1', text: message },
  });
  await driver.until((view) => view.owner === 'legal' && view.stage === 'waiting-user');
  return { driver, person };
}

const asked = { by: 'pia', reason: 'the court asks for it' };

test('a person whose role allows it sees an original; who, why and which field are in the ledger, the value nowhere', async () => {
  const { driver } = await behindTheWall();
  const view = await driver.view();
  expect(view.facts).toMatchObject({ phone: '****0001' });
  expect(view.unmaskable).toMatchObject([{ handoffId: 'h1', by: ['pia'], originals: { version: 1 } }]);
  expect(view.unmaskable?.[0]?.fields).toEqual(
    expect.arrayContaining(['facts.phone', 'facts.contacts.0.mail', 'explanation']),
  );
  expect(await baton.unmask(driver.id, { field: 'facts.contacts.0.mail', ...asked })).toEqual({
    caseId: driver.id,
    handoffId: 'h1',
    field: 'facts.contacts.0.mail',
    values: [MAIL],
    grantId: 'u1',
  });
  expect(await baton.unmask(driver.id, { field: 'explanation', ...asked })).toMatchObject({
    values: [CALLED],
  });
  // Nobody finds a value by trying digests: the same originals have another one in every case.
  const other = await behindTheWall();
  expect((await other.driver.view()).unmaskable?.[0]?.originals?.digest).not.toBe(
    view.unmaskable?.[0]?.originals?.digest,
  );
  await driver.say('bye');
  await driver.result();
  const rows = await ledger.read(view.trace);
  expect(rows.filter((row) => row.kind === 'unmask-granted').map((row) => row.content)).toMatchObject([
    { grantId: 'u1', field: 'facts.contacts.0.mail', ...asked, originals: view.unmaskable?.[0]?.originals },
    { grantId: 'u2', field: 'explanation', ...asked },
  ]);
  const offered = rows.find((row) => row.kind === 'handoff-offered');
  expect(offered?.content['originals']).toEqual(view.unmaskable?.[0]?.originals);
  const history = await eventsInClear(driver.id);
  expect(history).toContain('****0001');
  expect([history, JSON.stringify(rows), JSON.stringify(await driver.view())].join()).not.toContain(MAIL);
  // At rest it is ciphertext.
  for (const name of await readdir(folder)) {
    if ((await readFile(path.join(folder, name)).catch(() => Buffer.of())).includes(MAIL))
      throw new Error(`${name} has the original in clear`);
  }
  expect(await baton.verify(driver.id)).toMatchObject({ ok: true });
});

/** All bytes of a history as text: payloads print themselves in base64, where nothing would be found. */
async function eventsInClear(id: string): Promise<string> {
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
    else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(await eventsOf(bed.client, id));
  return texts.join('\n');
}

test('nobody else sees anything, and nothing that was not masked is asked for', async () => {
  const { driver } = await behindTheWall();
  const refusal = async (wish: object): Promise<unknown> =>
    failureFrom(baton.unmask(driver.id, { field: 'facts.phone', ...asked, ...wish }));
  expect(await refusal({ by: 'ann' })).toMatchObject({
    code: 'UNMASK_FORBIDDEN',
    message: expect.stringContaining('allowed: pia') as unknown,
  });
  expect(await refusal({ by: 'constructor' })).toMatchObject({ code: 'UNMASK_FORBIDDEN' });
  expect(await refusal({ field: 'facts.order' })).toMatchObject({
    code: 'FIELD_NOT_MASKED',
    message: expect.stringContaining('facts.phone') as unknown,
  });
  expect(await refusal({ handoffId: 'h9' })).toMatchObject({ code: 'FIELD_NOT_MASKED' });
  expect(await refusal({ reason: '' })).toMatchObject({ code: 'INPUT_INVALID', field: 'unmask.reason' });
  const withoutStore = createBatonClient({ client: bed.client, ledger });
  expect(await failureFrom(withoutStore.unmask(driver.id, { field: 'facts.phone', ...asked }))).toMatchObject(
    { code: 'CONFIGURATION_INVALID', field: 'context' },
  );
  const { trace, grants } = await driver.view();
  expect(grants).toBeUndefined();
  expect((await ledger.read(trace)).some((row) => row.kind === 'unmask-granted')).toBe(false);
});

test('leave to see an original is used once, by the one it was given to, and in time', async () => {
  const { driver } = await behindTheWall();
  await baton.unmask(driver.id, { field: 'facts.phone', ...asked });
  const redeem = (grantId: string, by = 'pia'): Promise<unknown> =>
    baton.redeemGrant(driver.id, { grantId, by });
  expect(await failureFrom(redeem('u1'))).toMatchObject({ code: 'GRANT_USED' });

  // As somebody at the Temporal UI would ask for it; two who use it at once are one who sees it.
  const { grant } = await driver.send(MESSAGES.unmask, { field: 'facts.phone', ...asked });
  expect(grant).toMatchObject({ id: 'u2', field: 'facts.phone', by: 'pia' });
  expect(await failureFrom(redeem('u2', 'ann'))).toMatchObject({ code: 'UNMASK_FORBIDDEN' });
  const uses = await Promise.allSettled([redeem('u2'), redeem('u2'), redeem('u2')]);
  expect(uses.filter((one) => one.status === 'fulfilled')).toMatchObject([{ value: { values: [PHONE] } }]);
  expect(await failureFrom(redeem('u2'))).toMatchObject({ code: 'GRANT_USED' });
  expect(await failureFrom(redeem('u3'))).toMatchObject({ code: 'GRANT_UNKNOWN' });

  const late = await driver.send(MESSAGES.unmask, { field: 'facts.phone', ...asked });
  const end = Date.parse(String(late.grant?.expiresAt));
  const clock = jest.spyOn(Date, 'now').mockReturnValue(end);
  expect(await failureFrom(redeem('u3'))).toMatchObject({ code: 'GRANT_EXPIRED' });
  clock.mockRestore();
  expect(await redeem('u3')).toMatchObject({ values: [PHONE] });
});

test('a stand-in has masks and originals of its own', async () => {
  const { driver } = await behindTheWall('busy');
  const { handoffs } = await driver.view();
  expect(handoffs).toMatchObject([
    { to: 'busy', originals: { version: 1 } },
    { to: 'legal', originals: { version: 1 } },
  ]);
  expect(await baton.unmask(driver.id, { handoffId: 'h2', field: 'facts.phone', ...asked })).toMatchObject({
    handoffId: 'h2',
    values: [PHONE],
  });
  // The edge to `busy` names no role, and neither does a pool.
  expect(
    await failureFrom(baton.unmask(driver.id, { handoffId: 'h1', field: 'facts.phone', ...asked })),
  ).toMatchObject({ code: 'UNMASK_FORBIDDEN' });
});

test('a closed case has an access log of its own, whose chain is checked', async () => {
  const { driver, person } = await behindTheWall();
  await driver.say('bye');
  await driver.result();
  const wish = { field: 'facts.phone', ...asked };
  expect(await baton.unmask(driver.id, wish)).toMatchObject({ values: [PHONE], grantId: 'a1' });
  expect(await baton.unmask(driver.id, wish)).toMatchObject({ values: [PHONE], grantId: 'a2' });
  expect(await failureFrom(baton.unmask(driver.id, { ...wish, by: 'ann' }))).toMatchObject({
    code: 'UNMASK_FORBIDDEN',
  });
  const withoutLedger = createBatonClient({ client: bed.client, context });
  expect(await failureFrom(withoutLedger.unmask(driver.id, wish))).toMatchObject({
    code: 'CONFIGURATION_INVALID',
    field: 'ledger',
  });
  expect(await baton.verify(driver.id)).toMatchObject({ ok: true, anchored: true, accessLog: { rows: 2 } });

  const { trace } = await driver.view();
  const rows = await ledger.read(`${trace}:access`);
  expect(rows.map((row) => row.content)).toMatchObject([wish, wish]);
  const verifyWith = (change: (rows: readonly LedgerRow[]) => readonly LedgerRow[]): Promise<unknown> => {
    const changed: LedgerStore = {
      ...ledger,
      read: async (of, range) =>
        of === trace ? ledger.read(of, range) : change(await ledger.read(of, range)),
    };
    return createBatonClient({ client: bed.client, ledger: changed, context }).verify(driver.id);
  };
  const forge = (row: LedgerRow): LedgerRow => ({ ...row, content: { ...row.content, by: 'ann' } });
  expect(await verifyWith((all) => all.map(forge))).toMatchObject({
    ok: false,
    accessLog: { fault: { sequence: 1, problem: 'changed' } },
  });
  // Whoever writes it anew has a sound chain; the context store knows the row of each look.
  const chained = (rows: readonly LedgerRow[], row: LedgerRow): readonly LedgerRow[] => {
    const forged = { ...forge(row), previous: rows.at(-1)?.hash ?? row.previous };
    return [...rows, { ...forged, hash: ledgerHash(forged) }];
  };
  expect(await verifyWith((all) => all.reduce(chained, []))).toMatchObject({
    ok: false,
    accessLog: { anchored: true, fault: { sequence: 1, problem: 'changed' } },
  });
  // A tail that is gone leaves a sound chain; the context store knows of the look.
  expect(await verifyWith((all) => all.slice(0, 1))).toMatchObject({
    ok: false,
    accessLog: { fault: { sequence: 2, problem: 'missing' } },
  });

  await baton.erasePerson(person);
  expect(await failureFrom(baton.unmask(driver.id, wish))).toMatchObject({ code: 'PERSON_ERASED' });
  expect(await baton.verify(driver.id)).toMatchObject({ ok: true });
});

test('without a context store masks are as ever, and a wish to see behind them says why not', async () => {
  const elsewhere = teamOn(unique('pool'));
  const bare = await openBed({ teams: [elsewhere] });
  try {
    const driver = await openCase(bare, elsewhere);
    await driver.until((view) => view.owner === 'legal' && view.stage === 'waiting-user');
    expect((await driver.view()).facts).toMatchObject({ phone: '****0001' });
    expect(await driver.refused(MESSAGES.unmask, { field: 'facts.phone', ...asked })).toMatchObject({
      code: 'ORIGINAL_NOT_KEPT',
      message: expect.stringContaining('context store') as unknown,
    });
    await driver.say('bye');
    await driver.result();
  } finally {
    await bare.close();
  }
});

test('the command shows what is masked and who may see it, and shows it to them', async () => {
  const { driver } = await behindTheWall();
  const run = async (...words: readonly string[]): Promise<string> => {
    const ended = await runBatonHere(words, { environment });
    expect({ words, ...ended }).toMatchObject({ exitCode: 0, errors: '' });
    return ended.output;
  };
  expect(await run('show', driver.id)).toMatch(
    /masked, with `baton unmask`\n {2}h1: .*facts\.phone.* \(by pia\)/,
  );
  const words = ['unmask', driver.id, '--by', 'pia', '--field', 'facts.phone'];
  const reason = ['--reason', 'the court asks for it'];
  expect(await run(...words, ...reason)).toBe(`facts.phone of h1 (u1)\n  ${PHONE}\n`);
  expect(JSON.parse(await run(...words, ...reason, '--hop', 'h1', '--json'))).toMatchObject({
    values: [PHONE],
    grantId: 'u2',
  });
  const again = await runBatonHere(['unmask', driver.id, '--by', 'pia', '--grant', 'u2', '--json'], {
    environment,
  });
  expect(again).toMatchObject({ exitCode: 1, output: '' });
  expect(JSON.parse(again.errors)).toMatchObject({ error: { code: 'GRANT_USED' } });
  expect(await runBatonHere(words, { environment })).toMatchObject({ exitCode: 2 });
  await driver.say('bye');
  await driver.result();
  await run(...words, ...reason);
  expect(await run('verify', driver.id)).toContain('access log: 1 row\n');
});
