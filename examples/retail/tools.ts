import { defineTool } from '../../activities/define-tool.ts';
import type { Tool, ToolAnswer, ToolCall, UndoAnswer } from '../../activities/tool.ts';
import { recordEffect } from '../../activities/tool.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { readerOfStore } from './shop/database.ts';
import type { ShopTool } from './shop/tools.ts';
import { shopTools } from './shop/tools.ts';

/** One attempt to reach the shop. */
export interface ShopVisit {
  readonly kind: 'look' | 'effect' | 'undo';
  readonly tool: string;
  readonly call: Pick<ToolCall<unknown>, 'caseId' | 'key' | 'input' | 'fence'>;
}

/** What the desk's tools need. */
export interface ShopAccess {
  /** The shop's database that a case works on. It shares no transaction with the ledger. */
  readonly store: (caseId: string) => Promise<RecordStore>;
  /** Stands around every visit to the shop: rehearsals of faults use it. Absent, nothing does. */
  readonly around?: <Answer>(visit: ShopVisit, go: () => Promise<Answer>) => Promise<Answer>;
}

/** The shop's tools as Baton's, by name: look-ups read, changes are effects that can be undone by their key. */
export function retailTools(access: ShopAccess): Readonly<Record<string, Tool>> {
  return Object.fromEntries(shopTools().map((tool) => [tool.name, batonTool(tool, access)]));
}

function batonTool(tool: ShopTool, access: ShopAccess): Tool {
  const { name, description, input } = tool;
  const around = access.around ?? ((_visit, go) => go());
  const visit = <Answer>(
    kind: ShopVisit['kind'],
    call: ToolCall<never>,
    go: (store: RecordStore) => Promise<Answer>,
  ): Promise<Answer> => around({ kind, tool: name, call }, async () => go(await access.store(call.caseId)));
  if (tool.kind === 'look-up') {
    return defineTool<never>({
      name,
      description,
      input,
      effect: 'read',
      run: (call) => visit('look', call, (store) => tool.answer(readerOfStore(store), call.input)),
    });
  }
  const effectIn = (store: RecordStore): ReturnType<typeof recordEffect<never>> =>
    recordEffect<never>({ name, store: () => store, change: tool.change });
  return defineTool<never>({
    name,
    description,
    input,
    effect: 'write',
    run: (call): Promise<ToolAnswer> => visit('effect', call, (store) => effectIn(store).run(call)),
    undo: (call): Promise<UndoAnswer> => visit('undo', call, (store) => effectIn(store).undo(call)),
  });
}
