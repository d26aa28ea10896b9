import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { defineRecordTool } from '../../activities/define-tool.ts';
import type { Tool, ToolCall, ToolPreview } from '../../activities/tool.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { reviewText } from '../../command/output/case-texts.ts';
import type { Review } from '../../contract/review.ts';
import { openRecordStore } from '../../stores/index.ts';

let folder: string;
let records: RecordStore;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'baton-preview-'));
  records = await openRecordStore(`file:${path.join(folder, 'records.db')}`);
});
beforeEach(() =>
  records.load({
    accounts: { a1: { limitEur: 500, owner: { city: 'Pune', zip: '411001' } }, a2: { limitEur: 1 } },
  }),
);
afterAll(async () => {
  await records.close();
  await rm(folder, { recursive: true });
});

/** Moves what one account may spend to another, and notes it. */
const move = defineRecordTool<{ from: string; to: string; eur: number }>({
  name: 'move-limit',
  description: 'Moves a limit',
  input: z.object({ from: z.string(), to: z.string(), eur: z.number() }),
  preview: 'records',
  store: () => records,
  change: async (transaction, { from, to, eur }) => {
    const known = await transaction.ids('accounts');
    if (!known.includes(from)) return { kind: 'refused', code: 'ACCOUNT_UNKNOWN', message: from };
    const source = (await transaction.get('accounts', from)) as { limitEur: number };
    await transaction.put('accounts', from, { ...source, limitEur: source.limitEur - eur });
    await transaction.remove('accounts', to);
    const left = (await transaction.get('accounts', from)) as { limitEur: number };
    const rest = await transaction.ids('accounts');
    await transaction.put('moves', `move-${String(rest.length)}`, { left: left.limitEur });
    await transaction.put('moves', 'another', { left: 0 });
    return { kind: 'done', result: null };
  },
});

function preview(tool: Tool, input: unknown): Promise<ToolPreview> {
  const call = {
    input,
    key: 'k',
    inputDigest: 'd',
    fence: { epoch: 1, attempt: 1 },
  } as unknown as ToolCall<unknown>;
  if (!tool.preview) throw new Error('it has none');
  return tool.preview(call);
}

test('a tool over records shows what it would write, and writes nothing', async () => {
  const stored = await records.snapshot();
  const shown = await preview(move, { from: 'a1', to: 'a2', eur: 100 });
  const owner = { city: 'Pune', zip: '411001' };
  expect(shown).toEqual({
    before: { 'accounts/a1': { limitEur: 500, owner }, 'accounts/a2': { limitEur: 1 } },
    after: {
      'accounts/a1': { limitEur: 400, owner },
      'moves/new': { left: 400 },
      'moves/new 2': { left: 0 },
    },
  });
  expect(await records.snapshot()).toEqual(stored);
  const review = {
    id: 'r1',
    status: 'open',
    question: 'Move?',
    kind: 'tool-call',
    subject: { record: shown },
  };
  const text = reviewText({
    ...review,
    requestedBy: 'ann',
    pool: 'desk',
    expiresAt: '',
    digest: '',
  } as unknown as Review);
  expect(text).toContain(
    '  changes\n    accounts/a1 limitEur: 500 -> 400\n    accounts/a2: {"limitEur":1} -> nothing\n' +
      '    moves/new: nothing -> {"left":400}\n',
  );
});

test('what would be refused says so, and a tool that says nothing has no preview', async () => {
  await expect(preview(move, { from: 'a9', to: 'a2', eur: 1 })).rejects.toMatchObject({
    code: 'EFFECT_REFUSED',
    message: expect.stringContaining('ACCOUNT_UNKNOWN, a9') as string,
  });
  const plain = defineRecordTool({
    name: 'plain',
    description: 'plain',
    input: z.object({}),
    store: () => records,
    change: () => Promise.resolve({ kind: 'done', result: null }),
  });
  expect(plain.preview).toBeUndefined();
  expect(plain.manifest).not.toHaveProperty('preview');
  expect(move.manifest).toMatchObject({ preview: true });
});
