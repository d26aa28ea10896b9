import path from 'node:path';
import type { Agent } from '../../activities/agent.ts';
import { defineTeam, edge, escalate, type Team } from '../../activities/define-team.ts';
import type { RecordStore } from '../../contract/ports.ts';
import { openRecordStore } from '../../stores/open-stores.ts';
import { billing } from './agents/billing.ts';
import { legal } from './agents/legal.ts';
import { technical } from './agents/technical.ts';
import { triage } from './agents/triage.ts';
import { counsel, finance, support } from './people.ts';
import { seedRecords } from './seed.ts';

/** The company's records, where `BATON_SUPPORT_RECORDS_URL` names no other place. Never the ledger's file. */
const RECORDS_URL = '.baton/support-desk.db';

/** File of the desk's policy: workers load it when they start, as `BATON_POLICIES=support-desk=FILE` does. */
export const SUPPORT_POLICY = path.join(import.meta.dirname, 'policy.yaml');

/** The four agents of the desk, whoever takes their turns. */
export interface DeskAgents {
  readonly triage: Agent;
  readonly billing: Agent;
  readonly technical: Agent;
  readonly legal: Agent;
}

/** The desk's agents by rules. */
function agentsByRules(records: RecordStore): DeskAgents {
  return {
    triage: triage(records),
    billing: billing(records),
    technical: technical(records),
    legal: legal(records),
  };
}

/**
 * The support desk over its company's records.
 * Its policy stands in {@link SUPPORT_POLICY}.
 * @param agents by rules when absent; `scriptedAgents` and `agentsWithModels` fit the same places
 */
export function supportDesk(
  records: RecordStore,
  agents: DeskAgents = agentsByRules(records),
  name = 'support-desk',
): Team {
  const { triage: first, billing: money, technical: lines, legal: claims } = agents;
  return defineTeam({
    name,
    start: first,
    edges: [
      edge(first, money),
      // Billing cannot repair a line that technical declines, but it can make up for it.
      edge(first, lines, { fallback: [money] }),
      edge(first, claims),
      edge(money, lines),
      // What has gone to legal does not come back, so a person looks before.
      edge(money, claims, {
        noReturn: true,
        approval: {
          pool: counsel.name,
          expiresMs: 24 * 3_600_000,
          question: 'Take this customer over to legal?',
        },
      }),
      escalate(first, support),
      escalate(money, finance),
      escalate(lines, support),
      escalate(claims, counsel),
    ],
    escalation: support,
    limits: { hops: 5, fallbacks: 2 },
    // People are told that an AI speaks to them, before it does, and whenever that changes (U4).
    disclosure: 'required',
  });
}

/** Opens the desk for a worker, on records that are seeded when there are none. */
export async function openTeams(): Promise<{ teams: readonly Team[]; close: () => Promise<void> }> {
  const records = await openRecords();
  return { teams: [supportDesk(records)], close: () => records.close() };
}

/** Opens the company's records. */
export async function openRecords(): Promise<RecordStore> {
  const records = await openRecordStore(process.env['BATON_SUPPORT_RECORDS_URL'] || RECORDS_URL);
  if (Object.keys(await records.snapshot()).length === 0) await records.load(seedRecords());
  return records;
}

const customer = { customerId: 'C-1001', name: 'Asha Rao', email: 'asha@example.org' };
const charge = { customerId: 'C-1001', text: 'monthly fee', amountEur: 49.9, refundedEur: 0 };

/** What `baton simulate` tries the roles with: facts that go together, and what the desk's systems would answer. */
export const simulation = {
  roles: {
    billing: { facts: { ...customer, card: '****4421' }, message: 'I was charged twice, please refund me.' },
    technical: { facts: { ...customer, lineId: 'L-1', network: 'own' }, message: 'My internet is dead.' },
    legal: { facts: { ...customer, claim: 'charged twice' }, message: 'I will sue you.' },
  },
  results: {
    'find-customer': { ...customer, card: '****4421', lineId: 'L-1', network: 'own' },
    'check-line': { customerId: 'C-1001', status: 'router-broken', network: 'own', town: 'Pune' },
    'look-up-charges': [
      { chargeId: 'CH-1', ...charge },
      { chargeId: 'CH-2', ...charge },
    ],
    'refund-charge': { refundId: 'R-1', amountEur: 49.9 },
    'issue-credit-note': { creditNoteId: 'CN-1', amountEur: 15 },
    'open-file': { fileId: 'F-1' },
    'send-letter': { letterId: 'LT-1' },
    'queue-mail': { mailId: 'M-1' },
  },
};
