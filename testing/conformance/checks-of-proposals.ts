import assert from 'node:assert/strict';
import { edgeBetween } from '../../contract/edges.ts';
import { failure } from '../../contract/failures.ts';
import { assertTyped, intentOf, turned, type Check } from './check.ts';
import { COLLEAGUE, STRANGER, SUBJECT, TOOL } from './conformance-team.ts';

const why = { reasonCode: 'duplicate-charge', explanation: 'Billing has the means' };

/** Agents propose, the case performs (P10). */
export function checksOfProposals(): readonly Check[] {
  return [
    {
      name: 'a write is proposed and not done; the case does it, and the agent hears of it under its own name',
      thoughts: [
        { kind: 'calls', tool: TOOL, arguments: {} },
        { kind: 'says', text: 'It is paid.' },
      ],
      play: async (sitting) => {
        const { tool } = sitting;
        const { calls } = intentOf(await sitting.take(sitting.turn()), 'call');
        assert.deepEqual(
          calls.map((one) => [one.tool, one.arguments]),
          [[tool.tool.name, tool.arguments]],
        );
        assert.equal(tool.standing(), 0, 'it was done before anybody had decided');
        const [call] = calls;
        assert.ok(call);
        const answer = await sitting.effect(sitting.call(call.arguments, 7));
        assert.ok(answer.kind === 'done', 'the case could not do it');
        assert.equal(tool.standing(), 1);
        const next = sitting.turn({ answers: [{ id: call.id, tool: call.tool, answer }] });
        intentOf(await sitting.take(next), 'reply');
        assert.equal(tool.standing(), 1, 'taking the next turn did it once more');
        const [told] = Object.values(answer.result as object) as unknown[];
        assert.ok(String(sitting.told[1]).includes(String(told)), `it was not told ${String(told)}`);
      },
    },
    {
      name: 'a write with one key is done once, however often it is tried; its undo takes it back',
      thoughts: [],
      play: async (sitting) => {
        const { tool } = sitting;
        const call = sitting.call(tool.arguments, 7);
        const first = await sitting.effect(call, 1);
        assert.deepEqual(await sitting.effect(call, 2), first);
        assert.equal(tool.standing(), 1);
        assert.equal((await sitting.effect(sitting.call(tool.arguments, 8))).kind, 'done');
        assert.equal(tool.standing(), 2, 'another key is another write');
        if (!tool.tool.manifest.reversible) return;
        await sitting.undo(call);
        assert.equal(tool.standing(), 1);
      },
    },
    {
      name: 'arguments that a tool does not take reach no tool',
      thoughts: [{ kind: 'calls', tool: TOOL, arguments: { wrong: true } }],
      play: async (sitting) => {
        const { tool } = sitting;
        const output = await sitting.take(sitting.turn());
        if (output.kind === 'invalid') assertTyped(output.failure);
        else {
          const [call] = intentOf(output, 'call').calls;
          const answer = await sitting.effect(sitting.call(call?.arguments ?? {}, 7));
          assert.ok(answer.kind === 'refused', 'the tool took them');
          assertTyped(answer.failure);
        }
        assert.equal(tool.standing(), 0);
      },
    },
    {
      name: 'a refusal goes back to the agent as an answer',
      thoughts: [
        { kind: 'calls', tool: TOOL, arguments: {} },
        { kind: 'says', text: 'I am not allowed to.' },
      ],
      play: async (sitting) => {
        const [call] = intentOf(await sitting.take(sitting.turn()), 'call').calls;
        assert.ok(call);
        const refused = { kind: 'refused', failure: failure('AUTHORITY_EXCEEDED', 'beyond 10 EUR') } as const;
        const next = sitting.turn({ answers: [{ id: call.id, tool: call.tool, answer: refused }] });
        intentOf(await sitting.take(next), 'reply');
        assert.match(String(sitting.told[1]), /beyond 10 EUR/);
      },
    },
    {
      name: 'a handover along an edge carries what the receiver accepts, and nothing else',
      thoughts: [{ kind: 'transfers', to: COLLEAGUE, ...why, facts: { amount: 40 } }],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        const { to, reasonCode } = intentOf(output, 'transfer');
        assert.deepEqual([to, reasonCode], [COLLEAGUE, why.reasonCode]);
        const { crossing } = turned(output);
        assert.equal(crossing?.failure, undefined);
        assert.deepEqual(crossing?.facts, { order: 'A1', amount: 40 });
      },
    },
    {
      name: 'facts that the receiver does not take are a typed failure',
      thoughts: [{ kind: 'transfers', to: COLLEAGUE, ...why, facts: { amount: 'much' } }],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        const refused = output.kind === 'declined' || output.kind === 'invalid' ? output.failure : undefined;
        assertTyped(output.kind === 'turned' ? output.crossing?.failure : refused);
      },
    },
    {
      name: 'a handover without an edge stays a proposal; the agent is told that it was refused, and goes on',
      thoughts: [
        { kind: 'transfers', to: STRANGER, ...why, facts: {} },
        { kind: 'transfers', to: COLLEAGUE, ...why, facts: {} },
      ],
      play: async (sitting) => {
        const { manifest } = sitting.team;
        assert.equal(edgeBetween(manifest, SUBJECT, STRANGER), undefined);
        const output = await sitting.take(sitting.turn());
        // What is not offered may be refused at once; else it is for the guards, who look it up among the edges (G4).
        if (output.kind === 'turned') assert.equal(intentOf(output, 'transfer').to, STRANGER);
        else assertTyped(output.kind === 'invalid' ? output.failure : undefined);
        const problem = failure('EDGE_MISSING', `${SUBJECT} -> ${STRANGER}`, 'intent.to');
        const next = sitting.turn({ notices: [{ kind: 'handoff-refused', to: STRANGER, failure: problem }] });
        assert.equal(intentOf(await sitting.take(next), 'transfer').to, COLLEAGUE);
        assert.ok(String(sitting.told[1]).includes(problem.message), 'it was not told of the refusal');
      },
    },
  ];
}
