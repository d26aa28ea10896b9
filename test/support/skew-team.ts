import { z } from 'zod';
import type { Answer, Turn } from '../../activities/agent.ts';
import type { Team } from '../../activities/define-team.ts';
import { defineTeam, edge, escalate, people } from '../../activities/define-team.ts';
import type { JsonObject } from '../../contract/json.ts';
import { agent, finish, reply, transfer } from './agents.ts';

/** Two builds of one program: the newer one's desk calls a fact otherwise. */
export type Build = 'old' | 'new';

const Old = z.object({ date: z.string().optional() });
const New = z.object({ day: z.string().optional() });

/** Long: a test starts a process while an offer is open. */
const OFFER_MS = 120_000;

/**
 * A team in two builds: `front` hands a date to `desk`, which answers, and on the next message hands another date to
 * `back`, which ends the case with it. The new build's desk knows dates as days, and reads the old build's cases.
 */
export function skewTeam(name: string, build: Build): Team {
  const isNew = build === 'new';
  const version = isNew ? '1.1.0' : '1.0.0';
  const desk = (turn: Turn<JsonObject>): Answer => {
    const date = wordOf(turn.facts[isNew ? 'day' : 'date']);
    const leaves = turn.unanswered.some((message) => message.text === 'go on');
    return leaves
      ? transfer('back', { [isNew ? 'day' : 'date']: `${date}, moved by ${version}` })
      : reply(`${version} has ${date}`);
  };
  const agents = {
    front: agent('front', name, () => transfer('desk', { date: '1 May' }), { accepts: Old }),
    desk: agent('desk', name, desk, {
      version,
      accepts: isNew ? New : Old,
      ...(isNew ? { reads: [{ versions: '1.0.x', renames: [{ from: 'date', to: 'day' }] }] } : {}),
    }),
    back: agent('back', name, (turn) => finish(`back has ${wordOf(turn.facts['date'])}`), { accepts: Old }),
  };
  const adapt = (from: string, to: string): { readonly adapt?: readonly { from: string; to: string }[] } =>
    isNew ? { adapt: [{ from, to }] } : {};
  return defineTeam({
    name,
    start: agents.front,
    edges: [
      edge(agents.front, agents.desk, { offerMs: OFFER_MS, ...adapt('date', 'day') }),
      edge(agents.desk, agents.back, { offerMs: OFFER_MS, ...adapt('day', 'date') }),
      escalate(agents.front, people('staff', { robin: { roles: [] } })),
    ],
  });
}

function wordOf(fact: unknown): string {
  return typeof fact === 'string' ? fact : 'nothing';
}
