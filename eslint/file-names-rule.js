// @ts-check
/** One job per file shows in its name: spelled out, kebab-case, and never a drawer for everything. */
import path from 'node:path';

const shape = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:server|test|config|d))*\.(?:ts|js)$/;
const drawers = /^(?:utils?|helpers?|common|misc|manager)$/;

/** @type {import('eslint').Rule.RuleModule} */
export const fileNamesRule = {
  meta: { type: 'suggestion', schema: [], docs: { description: 'Files are named for their one job.' } },
  create(context) {
    return {
      Program(node) {
        const name = path.basename(context.filename);
        if (!shape.test(name)) {
          context.report({ node, message: `Name the file in kebab-case: ${name}.` });
        }
        const words = name.split('.')[0]?.split('-') ?? [];
        const folder = path.basename(path.dirname(context.filename));
        for (const word of [...words, folder].filter((part) => drawers.test(part))) {
          context.report({ node, message: `"${word}" says nothing: name what this does.` });
        }
      },
    };
  },
};
