// @ts-check
/** The rule that holds every import against the table of `rooms.js`, in all the forms an import can take. */
import { builtinModules } from 'node:module';
import path from 'node:path';
import { rooms } from './rooms.js';

const root = path.resolve(import.meta.dirname, '..');
const seeTable = 'eslint/rooms.js says what may; docs/architecture.md says why.';

/**
 * The room of a file and its path inside it; files beside package.json are in the room "".
 * @param {string} file
 */
function locate(file) {
  const [first = '', ...rest] = path.relative(root, file).split(path.sep);
  return rest.length === 0 ? { room: '', place: first } : { room: first, place: rest.join('/') };
}

/**
 * `node:` for built-in modules, otherwise the package's name without a path inside it.
 * @param {string} specifier
 */
function packageOf(specifier) {
  const [first = '', second = ''] = specifier.split('/');
  if (specifier.startsWith('node:') || builtinModules.includes(first)) return 'node:';
  return specifier.startsWith('@') ? `${first}/${second}` : first;
}

/**
 * Why a file may not import from a place, or undefined when it may.
 * @param {string} file
 * @param {string} specifier
 */
function whyNot(file, specifier) {
  const { room, place } = locate(file);
  const rules = rooms[room];
  if (rules === undefined) return `${room}/ is not a room: name it and what it may import. ${seeTable}`;
  if (specifier.startsWith('.') || path.isAbsolute(specifier)) {
    const target = locate(path.resolve(path.dirname(file), specifier));
    if (target.room === room) return undefined;
    const name = target.room === '' ? 'files outside the rooms' : `${target.room}/`;
    if (!rules.rooms.includes(target.room))
      return `${room}/ may not import from ${name}, types included. ${seeTable}`;
    const only = rules.roomsOnlyIn?.[target.room];
    return only === undefined || only.test(place)
      ? undefined
      : `In ${room}/, ${name} belongs to files that match ${String(only)}. ${seeTable}`;
  }
  const name = packageOf(specifier);
  if (!rules.packages.includes(name)) return `${room}/ may not import the package ${name}. ${seeTable}`;
  const only = rules.onlyIn?.[name];
  return only === undefined || only.test(place)
    ? undefined
    : `In ${room}/, ${name} belongs to files that match ${String(only)}. ${seeTable}`;
}

/**
 * The names a statement takes from a module; undefined where it takes the module as a whole.
 * @param {import('estree').Node} node
 */
function namesOf(node) {
  if (node.type !== 'ImportDeclaration' && node.type !== 'ExportNamedDeclaration') return undefined;
  return node.specifiers.map((specifier) => {
    if (specifier.type === 'ImportSpecifier') return nameOf(specifier.imported);
    return specifier.type === 'ExportSpecifier' ? nameOf(specifier.local) : '*';
  });
}

/** @param {import('estree').Identifier | import('estree').Literal} node */
function nameOf(node) {
  return node.type === 'Identifier' ? node.name : String(node.value);
}

/** @type {import('eslint').Rule.RuleModule} */
export const roomsRule = {
  meta: { type: 'problem', schema: [], docs: { description: 'Rooms import only what the table allows.' } },
  create(context) {
    /**
     * @param {import('estree').Node} node
     * @param {unknown} source
     */
    const check = (node, source) => {
      if (typeof source !== 'string') {
        const { room } = locate(context.filename);
        if (rooms[room]?.loadsModules !== true) {
          context.report({ node, message: `${room}/ may import only what is named literally. ${seeTable}` });
        }
        return;
      }
      const message = whyNot(context.filename, source);
      if (message !== undefined) {
        context.report({ node, message });
        return;
      }
      const { room } = locate(context.filename);
      const pattern = rooms[room]?.onlyNames?.[packageOf(source)];
      if (pattern === undefined) return;
      for (const name of namesOf(node) ?? ['*']) {
        if (pattern.test(name)) continue;
        const from = `${name} from ${packageOf(source)}`;
        context.report({
          node,
          message: `${room}/ may not import ${from}, only ${String(pattern)}. ${seeTable}`,
        });
      }
    };
    /** @param {any} node */
    const withSource = (node) => {
      if (node.source) check(node, node.source.value);
    };
    return {
      Program(node) {
        const { room } = locate(context.filename);
        if (rooms[room] === undefined)
          context.report({ node, message: String(whyNot(context.filename, '.')) });
      },
      ImportDeclaration: withSource,
      ExportNamedDeclaration: withSource,
      ExportAllDeclaration: withSource,
      ImportExpression: withSource,
      TSImportType: withSource,
      /** @param {any} node */
      TSExternalModuleReference: (node) => {
        check(node, node.expression.value);
      },
      /** @param {any} node */
      'CallExpression[callee.name="require"]': (node) => {
        check(node, node.arguments[0]?.value);
      },
    };
  },
};
