/** Takes an agent built with the SDK through the conformance suite, its model played by a server of this process. */
import test from 'node:test';
import { defineModelAgent } from '../../../activities/index.ts';
import {
  agentConformance,
  spokenThought,
  startVendorServer,
  type AgentSubject,
  type VendorStep,
} from '../../../testing/index.ts';
import { modelOfClaudeAgent } from './claude-agent.mts';

const subject: AgentSubject = {
  open: async (role, mind) => {
    const { vendors, close } = await startVendorServer({
      answer: ({ body }): VendorStep => {
        const thought = mind.next(JSON.stringify(body['messages']));
        if (thought.kind === 'is-silent') return { until: new Promise(() => undefined) };
        const spoken = spokenThought(thought);
        if (!spoken) return { fault: { kind: 'status', status: 500 } };
        // The model knows the tools of the case by the name of their server.
        const calls = spoken.calls?.map((call) => ({ ...call, name: `mcp__case__${call.name}` }));
        return { ...spoken, ...(calls ? { calls } : {}) };
      },
    });
    const model = modelOfClaudeAgent('anthropic:claude-sonnet-4-5', {
      ANTHROPIC_BASE_URL: vendors.anthropic.baseUrl.replace(/\/v1$/, ''),
      ANTHROPIC_API_KEY: vendors.anthropic.apiKey,
    });
    return { agent: defineModelAgent({ ...role, instructions: 'Help.', model }), close };
  },
};

for (const check of agentConformance(subject)) test(check.name, check.run);
