import type { Tool } from '../../activities/tool.ts';
import type { StoreAccess } from '../store-tool.ts';
import { changeTool, lookUpTool } from '../store-tool.ts';
import { readerOfStore } from './shop/database.ts';
import type { ShopTool } from './shop/tools.ts';
import { shopTools } from './shop/tools.ts';

/** The shop's tools as Baton's, by name: look-ups read, changes are effects that can be undone by their key. */
export function retailTools(access: StoreAccess): Readonly<Record<string, Tool>> {
  return Object.fromEntries(shopTools().map((tool) => [tool.name, batonTool(tool, access)]));
}

function batonTool(tool: ShopTool, access: StoreAccess): Tool {
  const { name, description, input } = tool;
  const about = { name, description, input };
  return tool.kind === 'look-up'
    ? lookUpTool<never>(about, access, (store, given) => tool.answer(readerOfStore(store), given))
    : changeTool<never>(about, access, tool.change);
}
