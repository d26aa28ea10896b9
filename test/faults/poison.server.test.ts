/**
 * F17: payloads that cannot be opened, wherever one may stand: the start of a case, a signal, an update, the input
 * and the result of an activity. Each is refused or parked where people see it, and repaired input goes on.
 */
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { z } from 'zod';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import { MESSAGES, SIGNALS } from '../../contract/messages.ts';
import { createEncryptionCodec } from '../../security/payload-codec.ts';
import { parseKeyRing } from '../../security/key-ring.ts';
import { keyRingText } from '../security/key-rings.ts';
import { agent, call, finish, reply, transfer } from '../support/agents.ts';
import { openBed, unique, type Bed } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';

const sound = codecOf('k2', 'k2');
/** How a payload may be damaged on its way. */
const damages: Readonly<Record<string, (payload: Payload, plain: Payload) => Promise<Payload>>> = {
  'a flipped bit': (payload) => Promise.resolve(change(payload, (data) => flip(data, data.length >> 1))),
  truncated: (payload) => Promise.resolve(change(payload, (data) => data.subarray(0, 20))),
  'a key that nobody knows': (_payload, plain) => encodeOne(codecOf('k9', 'k9'), plain),
  'another key under a known id': (_payload, plain) => encodeOne(codecOf('k2', 'stolen'), plain),
  'no JSON inside': (_payload, plain) => encodeOne(sound, { ...plain, data: Buffer.from('{"half') }),
};

let damage: ((text: string) => string | undefined) | undefined;
/** The codec of both ends; what the test marks is damaged as it is encoded. */
const damaging: PayloadCodec = {
  encode: (payloads, context) =>
    Promise.all(
      payloads.map(async (plain) => {
        const sealed = await encodeOne(sound, plain, context);
        const kind = damage?.(Buffer.from(plain.data ?? []).toString());
        return kind === undefined ? sealed : (damages[kind]?.(sealed, plain) ?? sealed);
      }),
    ),
  decode: (payloads, context) => sound.decode(payloads, context),
};

function codecOf(id: string, secretOf: string): PayloadCodec {
  const text = keyRingText({ encryptWith: secretOf, active: [secretOf] });
  return createEncryptionCodec({ keys: parseKeyRing(text.replaceAll(`"${secretOf}"`, `"${id}"`)) });
}

async function encodeOne(
  codec: PayloadCodec,
  payload: Payload,
  context?: SerializationContext,
): Promise<Payload> {
  const [encoded] = await codec.encode([payload], context);
  if (!encoded) throw new Error('nothing came back');
  return encoded;
}

function change(payload: Payload, how: (data: Uint8Array) => Uint8Array): Payload {
  return { ...payload, data: how(payload.data ?? new Uint8Array()) };
}

function flip(data: Uint8Array, at: number): Uint8Array {
  return data.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

/** Damages the first payload that holds all these words, and no other. */
function damageOnce(kind: string, ...words: readonly string[]): void {
  damage = (text) => {
    if (!words.every((word) => text.includes(word))) return undefined;
    damage = undefined;
    return kind;
  };
}

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] } });
const world: Record<string, string[]> = {};
const pay = defineTool<{ id: string }>({
  name: 'pay',
  description: 'writes',
  input: z.object({ id: z.string() }),
  effect: 'write',
  retry: { attempts: 2, initialMs: 10 },
  run: (one) => {
    (world[one.caseId] ??= []).push(`do ${one.key}`);
    return Promise.resolve({ kind: 'done', result: 'receipt-of-payment' });
  },
  undo: (one) => {
    (world[one.caseId] ??= []).push(`undo ${one.key}`);
    return Promise.resolve({ kind: 'undone' });
  },
});
const talker = agent(
  'talker',
  pool,
  (turn) => {
    const text = turn.unanswered.map((message) => message.text).join(' ');
    if (text.includes('pay')) {
      return turn.answers.length === 0 ? call({ tool: 'pay', arguments: { id: '1' } }) : finish('paid');
    }
    if (text.includes('hand on')) return transfer('other');
    return text.includes('bye') ? finish('bye') : reply(`heard ${text}`);
  },
  { tools: [pay] },
);
const other = agent('other', pool, () => finish('other took it'));
const team = defineTeam({
  name: unique('poison'),
  start: talker,
  edges: [edge(talker, other), escalate(talker, desk)],
  limits: { fallbacks: 0 },
});

let bed: Bed;
beforeAll(async () => {
  bed = await openBed({ teams: [team], codec: damaging });
});
afterAll(() => bed.close());

const redriven = { deadLetterId: 'd1', by: 'ann', reason: 'the keys are mended' };

describe.each(Object.keys(damages))('%s', (kind) => {
  test('in the start: the case ends visibly and wrote nothing; the same case opened again is sound', async () => {
    damageOnce(kind, '"task"', 'broken start');
    const damaged = await openCase(bed, team, { task: { definition: 'broken start' } });
    const failed: unknown = await damaged.result().catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ cause: { type: 'PAYLOAD_UNDECODABLE' } });
    const again = await openCase(bed, team, { task: { definition: 'broken start' } });
    await again.say('bye');
    expect(await again.result()).toMatchObject({ outcome: { outcome: 'bye' } });
  });

  test('in a signal: it is refused in the ledger, and the repaired one is taken', async () => {
    const driver = await openCase(bed, team);
    await driver.until((view) => view.transcript.length === 2);
    damageOnce(kind, 'bye by signal');
    const message = { messageId: 'm1', text: 'bye by signal' };
    await driver.handle.signal(SIGNALS.say, message);
    const view = await driver.until((one) => one.refusals.length > 0);
    expect(view.refusals[0]?.failure.code).toBe('PAYLOAD_UNDECODABLE');
    await driver.handle.signal(SIGNALS.say, message);
    expect(await driver.result()).toMatchObject({ outcome: { outcome: 'bye' } });
    const rows = await driver.rows();
    expect(rows.some((row) => JSON.stringify(row.content).includes('PAYLOAD_UNDECODABLE'))).toBe(true);
  });

  test('in an update: its sender is told, and the repaired one is taken', async () => {
    const driver = await openCase(bed, team);
    damageOnce(kind, 'bye by update');
    const message = { messageId: 'm1', text: 'bye by update' };
    expect(await driver.refused(MESSAGES.say, message)).toMatchObject({ code: 'PAYLOAD_UNDECODABLE' });
    await driver.send(MESSAGES.say, message);
    expect(await driver.result()).toMatchObject({ outcome: { outcome: 'bye' } });
  });
});

test.each([
  ['the input of a turn', ['"answeredUpTo"', 'bye, parked']],
  ['the result of a turn', ['"turned"', '"bye"']],
])('damaged %s: a dead letter that says so, and a redrive goes on', async (_where, words) => {
  const driver = await openCase(bed, team);
  await driver.until((view) => view.transcript.length === 2);
  damageOnce('a flipped bit', ...words);
  await driver.say('bye, parked');
  const view = await driver.until((one) => one.stage === 'parked');
  expect(view.deadLetters).toMatchObject([{ id: 'd1', failure: { code: 'PAYLOAD_UNDECODABLE' } }]);
  await driver.send(MESSAGES.redrive, redriven);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'bye' } });
});

test('damaged result of a handoff: nobody accepted that we know of, so the offer fails visibly', async () => {
  const driver = await openCase(bed, team);
  await driver.until((view) => view.transcript.length === 2);
  damageOnce('a flipped bit', '"turned"', 'other took it');
  await driver.say('hand on');
  const view = await driver.until((one) => one.stage === 'parked');
  expect(view.owner).toBe('talker');
  expect(view.deadLetters).toMatchObject([{ failure: { code: 'PAYLOAD_UNDECODABLE' } }]);
  await driver.send(MESSAGES.redrive, redriven);
  expect(await driver.result()).toMatchObject({ outcome: { outcome: 'other took it' } });
});

test('damaged result of an effect: its outcome is unknown, so it is undone by its key, once', async () => {
  const driver = await openCase(bed, team);
  await driver.until((view) => view.transcript.length === 2);
  damageOnce('a flipped bit', 'receipt-of-payment');
  await driver.say('pay');
  expect(await driver.result()).toMatchObject({
    outcome: { kind: 'failed', failure: { code: 'PAYLOAD_UNDECODABLE' } },
    saga: 'compensated',
  });
  const seen = world[driver.id] ?? [];
  expect(seen.map((line) => line.split(' ')[0])).toEqual(['do', 'undo']);
  expect(new Set(seen.map((line) => line.split(' ')[1])).size).toBe(1);
});

test('damaged result of an undo: a dead letter; the redriven undo closes the case', async () => {
  const driver = await openCase(bed, team);
  await driver.until((view) => view.transcript.length === 2);
  let results = 0;
  damage = (text) => {
    const isResult = text.includes('receipt-of-payment') || text.includes('"undone"');
    if (!isResult || text.includes('"rows"')) return undefined;
    results += 1;
    return results <= 2 ? 'a flipped bit' : undefined;
  };
  await driver.say('pay');
  const view = await driver.until((one) => one.openDeadLetters > 0);
  expect(view.deadLetters).toMatchObject([{ kind: 'undo', failure: { code: 'PAYLOAD_UNDECODABLE' } }]);
  await driver.send(MESSAGES.redrive, redriven);
  expect(await driver.result()).toMatchObject({ saga: 'compensated' });
  damage = undefined;
});
