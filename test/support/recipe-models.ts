import { ChatOpenAI } from '@langchain/openai';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { Agent, Runner } from '@openai/agents-core';
import { OpenAIProvider } from '@openai/agents-openai';
import OpenAI from 'openai';
import type { Model } from '../../activities/models/model.ts';
import { modelOfGraph } from '../../examples/recipes/langgraph.ts';
import { modelOfAgent } from '../../examples/recipes/openai-agents.ts';
import type { VendorServer } from '../../testing/vendors/vendor-server.ts';

/** Asked at each call: a server may start after the team that uses it is built. */
type Vendors = () => VendorServer['vendors'];

/** A graph of LangGraph with one node, which asks a model over chat completions. */
export function graphModel(vendors: Vendors, model = 'mind-1'): Model {
  return modelOfGraph(`openai-chat:${model}`, ({ tools, temperature, maxOutputTokens }) => {
    const { baseUrl: baseURL, apiKey } = vendors()['openai-chat'];
    const chat = new ChatOpenAI({
      model,
      apiKey,
      configuration: { baseURL },
      maxRetries: 0,
      maxTokens: maxOutputTokens,
      ...(temperature === undefined ? {} : { temperature }),
    }).bindTools([...tools]);
    return new StateGraph(MessagesAnnotation)
      .addNode('think', async ({ messages }, config) => ({ messages: [await chat.invoke(messages, config)] }))
      .addEdge(START, 'think')
      .addEdge('think', END)
      .compile();
  });
}

/** An agent of the OpenAI Agents SDK, over responses or chat completions. */
export function sdkModel(vendors: Vendors, useResponses: boolean, model = 'mind-1'): Model {
  const { baseUrl: baseURL, apiKey } = vendors().openai;
  const openAIClient = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ openAIClient, useResponses }),
    tracingDisabled: true,
  });
  return modelOfAgent(
    `openai:${model}`,
    ({ instructions, tools }) => new Agent({ name: 'agent', instructions, tools, model }),
    runner,
  );
}
