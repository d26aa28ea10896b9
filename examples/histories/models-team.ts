import { z } from 'zod';
import { ask, defineTeam, escalate, people, type Team } from '../../activities/define-team.ts';
import { fanOut } from '../../activities/fan-outs.ts';
import type { Agent } from '../../activities/agent.ts';
import { defineModelAgent } from '../../activities/models/define-model-agent.ts';
import type { Model } from '../../activities/models/model.ts';
import type { ModelSettings } from '../../activities/models/model-settings.ts';
import { scriptedModel, untilStopped } from '../../testing/index.ts';

/** Teams whose models are stopped in the middle of a thought. */
export interface ModelTeams {
  /** One agent, which thinks until it is stopped. */
  readonly thinker: Team;
  /** A lead that asks a writer and a checker at once, and needs one of them. */
  readonly leads: Team;
  /** Ends when the thinker of this team is at it. */
  readonly thinks: (team: Team) => Promise<void>;
}

/** Whoever thinks until it is stopped, and when it has begun to. */
interface Thinker {
  readonly model: Model;
  readonly begun: Promise<void>;
}

/** What models cost here, in US dollars for a million tokens. */
export const PRICES: NonNullable<ModelSettings['prices']> = Object.fromEntries(
  ['lead-1', 'writer-1', 'thinker-1'].map((name) => [`test:${name}`, { inputUsd: 2, outputUsd: 10 }]),
);

/** Builds both. */
export function modelTeams(): ModelTeams {
  const desk = people('desk', { ann: { roles: ['lead'] } });
  const [alone, checking] = [thinkerModel(), thinkerModel()];
  const front = modelAgent('front', alone.model);
  const thinker = defineTeam({ name: 'thinking-desk', start: front, edges: [escalate(front, desk)] });
  const question = { reason_code: 'to-know', question: 'Is it so?' };
  const lead = modelAgent(
    'lead',
    scriptedModel('test:lead-1', [
      {
        calls: ['ask_writer', 'ask_checker'].map((name) => ({ name, arguments: question })),
      },
      { calls: [{ name: 'finish', arguments: { outcome: 'known', text: 'It is so.' } }] },
    ]).model,
  );
  const written = scriptedModel('test:writer-1', [{ text: 'It is so.' }]).model;
  const writer = modelAgent('writer', {
    ...written,
    // Whoever is not needed any more is to be in the middle of it.
    call: async (request) => {
      await checking.begun;
      return written.call(request);
    },
  });
  const checker = modelAgent('checker', checking.model);
  const leads = defineTeam({
    name: 'leading-desk',
    start: lead,
    agents: [writer, checker],
    asks: [ask(lead, writer), ask(lead, checker)],
    fanOuts: [fanOut(lead, { need: 'any', rest: 'stop' })],
    edges: [escalate(lead, desk)],
    limits: { tokens: 60_000 },
  });
  return { thinker, leads, thinks: (team) => (team === thinker ? alone.begun : checking.begun) };
}

function thinkerModel(): Thinker {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const call: Model['call'] = ({ signal }) => {
    begin();
    return untilStopped(signal);
  };
  return { model: { name: 'test:thinker-1', call }, begun };
}

function modelAgent(name: string, model: Model): Agent {
  return defineModelAgent({
    name,
    version: '1.0.0',
    domain: 'desk',
    scope: `Is the ${name}`,
    accepts: z.object({}),
    instructions: 'Say whether it is so.',
    maxOutputTokens: 100,
    model,
  });
}
