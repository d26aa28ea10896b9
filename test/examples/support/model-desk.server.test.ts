import { readdirSync } from 'node:fs';
import path from 'node:path';
import { modelsOfEnvironment } from '../../../examples/demo-desk.ts';
import { outcomeOf } from '../../../examples/support/compare-outcome.ts';
import { readConversation } from '../../../examples/support/conversation.ts';
import { agentsWithModels, DESK_WITH_MODELS } from '../../../examples/support/model-desk.ts';
import { answerOfModel } from '../../../examples/support/model-script.ts';
import { playConversation } from '../../../examples/support/play-conversation.ts';
import { readScript, type ScriptedTurn } from '../../../examples/support/script.ts';
import { scriptedAgents } from '../../../examples/support/scripted-desk.ts';
import { seedRecords } from '../../../examples/support/seed.ts';
import { supportDesk } from '../../../examples/support/team.ts';
import { startVendorServer, type VendorServer } from '../../../testing/vendors/vendor-server.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { openSupportBed, type SupportBed } from './support-bed.ts';

const names = readdirSync(path.resolve(import.meta.dirname, '../../../examples/support/conversations')).map(
  (file) => path.basename(file, '.json'),
);

let bed: SupportBed;
let server: VendorServer;
/** What the models say in the conversation that is being played. */
let script: readonly ScriptedTurn[] = [];
beforeAll(async () => {
  server = await startVendorServer({ answer: (request) => answerOfModel(script, request) });
  const scripts = await Promise.all(names.map(async (name) => [name, await readScript(name)] as const));
  bed = await openSupportBed({
    teams: (records) => [
      supportDesk(records, agentsWithModels(records), DESK_WITH_MODELS),
      ...scripts.map(([name, turns]) =>
        supportDesk(records, scriptedAgents(records, turns), `scripted-${name}`),
      ),
    ],
    context: memoryContext(),
    models: { vendors: server.vendors },
  });
});
afterAll(async () => {
  await bed.close();
  await server.close();
});

async function comesOut(name: string, team: string, caseId: string): Promise<void> {
  const conversation = await readConversation(name);
  await bed.records.load(seedRecords());
  await playConversation(bed.baton, conversation, { caseId, team });
  const view = await bed.baton.show(caseId);
  expect(await outcomeOf(conversation, view, bed.records)).toEqual(conversation.comesOut);
}

test.each(names)('%s comes out the same from a script', async (name) => {
  await comesOut(name, `scripted-${name}`, `scripted-${name}`);
});

test.each(names)(
  '%s comes out the same with models of four vendors, over HTTP and in pieces',
  async (name) => {
    script = await readScript(name);
    await comesOut(name, DESK_WITH_MODELS, `models-${name}`);
  },
);

test('without a key the example says what to set; with one it has a model for every agent', async () => {
  await expect(modelsOfEnvironment({})).rejects.toThrow(
    /OPENAI_API_KEY=.*ANTHROPIC_API_KEY=.*--local-models/s,
  );
  const half = { BATON_MODELS: 'billing=anthropic:claude-sonnet-4-5', OPENAI_API_KEY: 'key' };
  await expect(modelsOfEnvironment(half)).rejects.toThrow(/billing: .*ANTHROPIC_API_KEY/);
  const local = { BATON_MODELS: '*=openai-compatible:llama3.1:8b' };
  await expect(modelsOfEnvironment(local)).rejects.toThrow(/OPENAI_COMPATIBLE_BASE_URL/);
  const models = await modelsOfEnvironment({ OPENAI_API_KEY: 'key' });
  expect(models.models).toEqual({ '*': 'openai:gpt-4.1-mini-2025-04-14' });
  await modelsOfEnvironment({ ...local, OPENAI_COMPATIBLE_BASE_URL: 'http://localhost:1/v1' });
});

test('what the models were asked was streamed, and nothing that no protocol has', () => {
  expect(server.requests.every((request) => request.stream)).toBe(true);
  expect(new Set(server.requests.map((request) => request.dialect)).size).toBe(4);
  server.assertComplete();
});
