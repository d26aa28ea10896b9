// @ts-check
/**
 * The server calls an update validator without awaiting it: an async one always passes, and its rejection wedges
 * the workflow. Typed, so that a validator named elsewhere and merely referred to is seen too.
 */

/** @type {import('eslint').Rule.RuleModule} */
export const validatorsRule = {
  meta: { type: 'problem', schema: [], docs: { description: 'Update validators are synchronous.' } },
  create(context) {
    const services = context.sourceCode.parserServices;
    return {
      /** @param {any} node */
      "Property[key.name='validator']": (node) => {
        /** @type {import('typescript').Type} */
        const type = services.getTypeAtLocation(node.value);
        const isAsync = type
          .getCallSignatures()
          .some((signature) => signature.getReturnType().getProperty('then'));
        if (isAsync) {
          context.report({
            node,
            message: 'An update validator is not awaited: an async one wedges the workflow.',
          });
        }
      },
    };
  },
};
