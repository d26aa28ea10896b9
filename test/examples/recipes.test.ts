import { ChatOpenAI } from '@langchain/openai';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { Agent, Runner } from '@openai/agents-core';
import { OpenAIProvider } from '@openai/agents-openai';
import OpenAI from 'openai';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import { modelOfGraph } from '../../examples/recipes/langgraph.ts';
import { modelOfAgent } from '../../examples/recipes/openai-agents.ts';
import { agentConformance, type AgentSubject } from '../../testing/index.ts';
import { serverOf } from '../support/subjects.ts';

const langGraph: AgentSubject = {
  open: async (role, mind) => {
    const { vendors, close } = await serverOf(mind);
    const { baseUrl: baseURL, apiKey } = vendors['openai-chat'];
    const model = modelOfGraph('openai-chat:mind-1', ({ tools, temperature, maxOutputTokens }) => {
      const chat = new ChatOpenAI({
        model: 'mind-1',
        apiKey,
        configuration: { baseURL },
        maxRetries: 0,
        maxTokens: maxOutputTokens,
        ...(temperature === undefined ? {} : { temperature }),
      }).bindTools([...tools]);
      return new StateGraph(MessagesAnnotation)
        .addNode('think', async ({ messages }, config) => ({
          messages: [await chat.invoke(messages, config)],
        }))
        .addEdge(START, 'think')
        .addEdge('think', END)
        .compile();
    });
    return { agent: defineModelAgent({ ...role, instructions: 'Help.', model }), close };
  },
};

function openAiAgents(useResponses: boolean): AgentSubject {
  return {
    open: async (role, mind) => {
      const { vendors, close } = await serverOf(mind);
      const { baseUrl: baseURL, apiKey } = vendors.openai;
      const openAIClient = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
      const runner = new Runner({
        modelProvider: new OpenAIProvider({ openAIClient, useResponses }),
        tracingDisabled: true,
      });
      const model = modelOfAgent(
        'openai:mind-1',
        ({ instructions, tools }) => new Agent({ name: role.name, instructions, tools, model: 'mind-1' }),
        runner,
      );
      return { agent: defineModelAgent({ ...role, instructions: 'Help.', model }), close };
    },
  };
}

describe.each([
  ['LangGraph', langGraph],
  ['the OpenAI Agents SDK, responses', openAiAgents(true)],
  ['the OpenAI Agents SDK, chat completions', openAiAgents(false)],
])('an agent built with %s', (_, subject) => {
  for (const check of agentConformance(subject)) test(check.name, check.run);
});
