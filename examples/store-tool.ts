import type { z } from 'zod';
import { defineTool } from '../activities/define-tool.ts';
import { previewRecords } from '../activities/preview-records.ts';
import type { Tool, ToolAnswer, ToolCall, UndoAnswer } from '../activities/tool.ts';
import { recordEffect } from '../activities/tool.ts';
import type { RecordStore, RecordTransaction } from '../contract/ports.ts';

/** One attempt to reach a store. */
export interface StoreVisit {
  readonly kind: 'look' | 'effect' | 'undo';
  readonly tool: string;
  readonly call: Pick<ToolCall<unknown>, 'caseId' | 'key' | 'input' | 'fence'>;
}

/** What tools over a store need. */
export interface StoreAccess {
  /** The store that a case works on. It shares no transaction with the ledger. */
  readonly store: (caseId: string) => Promise<RecordStore>;
  /** Stands around every visit to the store: rehearsals of faults use it. Absent, nothing does. */
  readonly around?: <Answer>(visit: StoreVisit, go: () => Promise<Answer>) => Promise<Answer>;
}

interface About<Input> {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
}

/** A tool that only looks something up. */
export function lookUpTool<Input>(
  about: About<Input>,
  access: StoreAccess,
  answer: (store: RecordStore, input: Input) => Promise<ToolAnswer>,
): Tool {
  return defineTool<Input>({
    ...about,
    effect: 'read',
    run: (call) => visit(about.name, access, 'look', call, (store) => answer(store, call.input)),
  });
}

/** A tool that writes: an effect that can be undone by its key. */
export function changeTool<Input>(
  about: About<Input>,
  access: StoreAccess,
  change: (records: RecordTransaction, input: Input) => Promise<ToolAnswer>,
): Tool {
  const { name } = about;
  const effectIn = (store: RecordStore): ReturnType<typeof recordEffect<Input>> =>
    recordEffect<Input>({ name, store: () => store, change });
  return defineTool<Input>({
    ...about,
    effect: 'write',
    run: (call): Promise<ToolAnswer> =>
      visit(name, access, 'effect', call, (store) => effectIn(store).run(call)),
    undo: (call): Promise<UndoAnswer> =>
      visit(name, access, 'undo', call, (store) => effectIn(store).undo(call)),
    // Nothing of the store changes, so there is nothing to rehearse around it.
    preview: async (call) => {
      const store = await access.store(call.caseId);
      return previewRecords({ name, store: () => store, change }, call);
    },
  });
}

function visit<Input, Answer>(
  tool: string,
  access: StoreAccess,
  kind: StoreVisit['kind'],
  call: ToolCall<Input>,
  go: (store: RecordStore) => Promise<Answer>,
): Promise<Answer> {
  const around = access.around ?? ((_visit, visiting) => visiting());
  return around({ kind, tool, call }, async () => go(await access.store(call.caseId)));
}
