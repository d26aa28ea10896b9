import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Agent } from '../../activities/agent.ts';
import { defineAgent } from '../../activities/define-agent.ts';
import { defineTeam, edge, escalate, people, type Team } from '../../activities/define-team.ts';
import { defineTool } from '../../activities/define-tool.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { SubjectRole, SubjectTool } from './subject.ts';

/** Name of the agent under test. */
export const SUBJECT = 'subject';
/** The colleague that an edge leads to; it accepts an order, an amount and a note, and the edge masks personal data. */
export const COLLEAGUE = 'billing';
/** A colleague of the same team that no edge of the subject leads to. */
export const STRANGER = 'vault';

/** Stands for the subject's tool in what a check thinks. */
export const TOOL = 'TOOL';

const SubjectFacts = z.object({
  order: z.string().optional(),
  amount: z.number().optional(),
  note: z.string().optional(),
});
const ColleagueFacts = z.object({
  order: z.string(),
  amount: z.number().optional(),
  note: z.string().optional(),
});

/** The suite's own write: it commits once per key, and an undo of an unseen key leaves a tombstone (I3, I5). */
export function payBack(): SubjectTool {
  const paid = new Map<string, 'paid' | 'undone'>();
  return {
    tool: defineTool({
      name: 'pay-back',
      description: 'Pays an order back',
      input: z.object({ order: z.string(), amount: z.number().positive() }),
      effect: 'write',
      run: ({ key, input }) => {
        if (!paid.has(key)) paid.set(key, 'paid');
        return Promise.resolve({ kind: 'done', result: { receipt: `receipt of ${input.order}` } });
      },
      undo: ({ key }) => {
        const seen = paid.has(key);
        paid.set(key, 'undone');
        return Promise.resolve({ kind: seen ? 'undone' : 'tombstoned' });
      },
    }),
    arguments: { order: 'A1', amount: 40 },
    wrong: { order: 'A1', amount: 'much' },
    standing: () => [...paid.values()].filter((one) => one === 'paid').length,
  };
}

/** The role of the agent under test, with this tool. */
export function roleWith({ tool }: SubjectTool): SubjectRole {
  return {
    name: SUBJECT,
    version: '1.0.0',
    domain: 'front-desk',
    scope: 'Finds out what it is about and pays back',
    accepts: SubjectFacts,
    tools: [tool],
    retry: { attempts: 2, initialMs: 10, maximumMs: 20 },
  };
}

/** Whoever gives the case away to the subject, and two others: one along an edge, one without. */
export function teamOf(agent: Agent): Team {
  const [sender, billing, vault] = (['sender', COLLEAGUE, STRANGER] as const).map((name) =>
    defineAgent<JsonObject>({
      name,
      version: '1.0.0',
      // Another domain than the subject's: edges between them mask personal data.
      domain: name === 'sender' ? 'front-desk' : 'finance',
      scope: `is ${name}`,
      accepts: name === 'sender' ? SubjectFacts : ColleagueFacts,
      run: () => ({ intent: { kind: 'finish', outcome: 'done' } }),
    }),
  );
  assert.ok(sender && billing && vault);
  const desk = people('desk', { pam: { roles: ['lead'] } });
  return defineTeam({
    name: 'conformance',
    start: sender,
    edges: [
      edge(sender, agent, { redact: 'personal-data' }),
      edge(agent, billing),
      edge(sender, vault),
      escalate(agent, desk),
    ],
  });
}
