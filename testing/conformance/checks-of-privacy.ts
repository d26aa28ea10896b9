import assert from 'node:assert/strict';
import { edgeBetween } from '../../contract/edges.ts';
import type { Transfer } from '../../contract/envelope.ts';
import { intentOf, turned, type Check } from './check.ts';
import { COLLEAGUE, SUBJECT } from './conformance-team.ts';
import { said, type Sitting } from './sitting.ts';

/** A card of the vendors' own test numbers, in two ways of writing it. */
const CARD = '4111 1111 1111 1111';
const CLEAR = /4111[ -]?1111[ -]?1111[ -]?1111/;

/** Nothing that an edge masks is shown in clear behind it (X5). */
export function checksOfPrivacy(): readonly Check[] {
  return [
    {
      name: 'what an edge masks does not leave in clear with a handover',
      thoughts: [
        {
          kind: 'transfers',
          to: COLLEAGUE,
          reasonCode: 'duplicate-charge',
          explanation: `Both went to ${CARD}`,
          facts: { note: `card ${CARD}` },
        },
      ],
      play: async (sitting) => {
        const output = await sitting.take(sitting.turn());
        assert.equal(intentOf(output, 'transfer').to, COLLEAGUE);
        assert.ok((turned(output).crossing?.masked ?? []).length > 0, 'nothing was masked');
        assert.doesNotMatch(JSON.stringify(output), CLEAR);
      },
    },
    {
      name: 'what was masked on the way here is told in clear to nobody behind the agent',
      thoughts: [{ kind: 'says', text: 'I see.' }],
      play: async (sitting) => {
        const input = sitting.turn({ conversation: [said(1, `Both went to ${CARD}.`)] });
        const walled = { ...input, envelope: { ...input.envelope, transfer: behindWall(sitting) } };
        const output = await sitting.take(walled);
        intentOf(output, 'reply');
        assert.match(String(sitting.told[0]), /Both went to/);
        assert.doesNotMatch(String(sitting.told[0]), CLEAR);
        assert.doesNotMatch(JSON.stringify(output), CLEAR);
      },
    },
  ];
}

/** The handover that brought the case to the subject, along the edge that masks. */
function behindWall({ team }: Sitting): Transfer {
  const kinds = edgeBetween(team.manifest, 'sender', SUBJECT)?.redact ?? [];
  return {
    handoffId: 'h1',
    verb: 'transfer',
    from: 'sender',
    to: SUBJECT,
    reasonCode: 'next',
    explanation: 'It is yours',
    path: ['sender'],
    walls: [{ after: -1, through: 1, kinds: [...kinds] }],
  };
}
