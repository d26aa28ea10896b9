// @ts-check
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { fileNamesRule } from './eslint/file-names-rule.js';
import { sandboxRooms } from './eslint/rooms.js';
import { roomsRule } from './eslint/rooms-rule.js';
import { validatorsRule } from './eslint/validators-rule.js';

/** Style the language allows and this project does not. */
const syntax = [
  { selector: 'ExportAllDeclaration', message: 'Name what is exported: entry points are few and explicit.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
];
const defaultExports = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: "ExportSpecifier[exported.name='default']", message: 'Export by name.' },
];
const clockHint = 'Workflow code has no clock of its own: take the time from workflows/clock.ts.';
const sandboxGlobals = ['process', 'fetch', 'setInterval', 'crypto', 'performance', 'globalThis'];

export default defineConfig(
  {
    ignores: [
      'dist',
      'node_modules',
      'coverage',
      '.baton',
      'test/package/consumer.mjs',
      'examples/recipes/claude-agent',
      'bench/openai-agents',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: {
      baton: { rules: { rooms: roomsRule, validators: validatorsRule, 'file-names': fileNamesRule } },
    },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'baton/rooms': 'error',
      'baton/file-names': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...syntax, ...defaultExports],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `async` also turns a throw into a rejection, which is what a port promises.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: sandboxRooms.map((room) => `${room}/**/*.ts`),
    rules: {
      'baton/validators': 'error',
      'no-restricted-globals': [
        'error',
        ...sandboxGlobals.map((name) => ({
          name,
          message: 'Not in the workflow sandbox: an activity does it.',
        })),
      ],
    },
  },
  {
    files: sandboxRooms.map((room) => `${room}/**/*.ts`),
    ignores: ['workflows/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clockHint },
        { object: 'Math', property: 'random', message: 'Use uuid4() of @temporalio/workflow, or a counter.' },
      ],
      'no-restricted-syntax': [
        'error',
        ...syntax,
        ...defaultExports,
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clockHint },
        { selector: "CallExpression[callee.name='Date']", message: clockHint },
      ],
    },
  },
  {
    // What tools load by their default export.
    files: ['*.config.js', 'test/setup/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...syntax] },
  },
  {
    // A JSDoc cast is a comment, and syntax trees come as `any`: these rules see what TypeScript checks already.
    files: ['**/*.js'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
