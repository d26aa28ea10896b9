/** The support desk as one writes it for `@temporalio/openai-agents`: agents in the workflow, tools as activities. */
import { Agent } from '@openai/agents-core';
import { activityAsTool, TemporalOpenAIRunner } from '@temporalio/openai-agents/workflow';

const text = { type: 'string' };
const number = { type: 'number' };

/** @param {string} name @param {string} description @param {Record<string, unknown>} properties */
function tool(name, description, properties) {
  const required = Object.keys(properties);
  const parameters = { type: 'object', properties, required, additionalProperties: false };
  return activityAsTool({ name, description, parameters });
}

/**
 * One conversation, up to the end of the case.
 * @param {string} said
 */
export async function deskWorkflow(said) {
  const technical = new Agent({
    name: 'technical',
    model: 'sdk-technical',
    instructions:
      'You are technical support. Check the line of the customer, and unblock it where it is blocked.',
    tools: [
      tool('check-line', 'State of a line', { lineId: text }),
      tool('unblock-line', 'Unblocks a line', { lineId: text }),
    ],
  });
  const billing = new Agent({
    name: 'billing',
    model: 'sdk-billing',
    instructions: 'You are billing. Find the charges of the customer, and pay back what was charged twice.',
    tools: [
      tool('look-up-charges', 'Charges of a customer', { customerId: text }),
      tool('refund-charge', 'Pays a charge back', { chargeId: text, amountEur: number }),
      tool('queue-mail', 'Puts a letter into the outbox', { customerId: text, text }),
    ],
    handoffs: [technical],
  });
  const triage = new Agent({
    name: 'triage',
    model: 'sdk-triage',
    instructions: 'You are the front desk. Find out who asks and what for, and hand over.',
    tools: [tool('find-customer', 'Finds a customer by number', { customerId: text })],
    handoffs: [billing, technical],
  });
  const result = await new TemporalOpenAIRunner().run(triage, said, {
    maxTurns: 20,
    runConfig: { tracingDisabled: true },
  });
  return String(result.finalOutput);
}
