import path from 'node:path';
import { edge, escalate, defineTeam, people } from '../../activities/define-team.ts';
import { findLedgerFault } from '../../contract/ledger.ts';
import { MESSAGES } from '../../contract/messages.ts';
import { startTemporalServer } from '../../scripts/temporal-server.ts';
import { agent, finish, reply, transfer } from '../support/agents.ts';
import { runBatonHere } from '../command/run-here.ts';
import { openBed, unique } from '../support/bed.ts';
import { openCase } from '../support/case-driver.ts';

const pool = unique('pool');
const desk = people('desk', { ann: { roles: ['lead'] } });

function longTalk(): ReturnType<typeof defineTeam> {
  const talker = agent('talker', pool, (turn) => {
    const asked = turn.notices.find((notice) => notice.kind === 'review-decided');
    if (asked) return finish(asked.decision);
    const last = turn.unanswered.at(-1)?.text;
    if (last === 'ask')
      return { intent: { kind: 'ask-review', question: 'Go on?', subject: { what: 'this' } } };
    return reply(`heard ${last ?? 'nothing'}`);
  });
  const triage = agent('triage', pool, () => transfer('talker', { topic: 'long' }));
  return defineTeam({
    name: unique('long'),
    start: triage,
    edges: [edge(triage, talker), escalate(talker, desk)],
  });
}

it('continues as new with everything carried: owner, message ids, transcript, reviews, ledger (F19)', async () => {
  const server = await startTemporalServer({
    headless: true,
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 60 },
  });
  const team = longTalk();
  const bed = await openBed({ teams: [team], address: server.address });
  try {
    const driver = await openCase(bed, team);
    const first = (await driver.handle.describe()).runId;
    await driver.until((view) => view.stage === 'waiting-user');
    for (let index = 1; index <= 12; index += 1) {
      await driver.say(`word ${String(index)}`, `word-${String(index)}`);
      await driver.until(
        (view) =>
          view.stage === 'waiting-user' && view.transcript.at(-1)?.text === `heard word ${String(index)}`,
      );
    }
    const chained = bed.client.workflow.getHandle(driver.id);
    expect((await chained.describe()).runId).not.toBe(first);
    // An id consumed in an earlier run is known, and so is its text.
    expect(await driver.say('word 1', 'word-1')).toMatchObject({ repeated: true });
    expect(await driver.refused(MESSAGES.say, { messageId: 'word-1', text: 'other' })).toMatchObject({
      code: 'MESSAGE_CONFLICT',
    });
    await driver.say('ask');
    await driver.review();
    await driver.decide('approve', 'ann');
    const result = await driver.result();
    expect(result).toMatchObject({
      outcome: { kind: 'finished', outcome: 'approve' },
      hops: 1,
      path: ['triage', 'talker'],
    });
    const { trace } = await driver.view();
    expect(trace).toBe(first);
    const rows = await bed.ledger.read(trace, { limit: 1_000 });
    expect(findLedgerFault(trace, rows)).toBeUndefined();
    expect(rows.at(-1)).toMatchObject(result.ledger);
    const continued = rows.filter((row) => row.kind === 'case-continued').length;
    expect(continued).toBeGreaterThan(0);

    // Over all runs the ledger verifies against the history, and every run replays, plain and strict.
    const environment = {
      TEMPORAL_ADDRESS: server.address,
      BATON_LEDGER_URL: `file:${path.join(bed.folder, 'ledger.db')}`,
    };
    const verified = await runBatonHere(['verify', driver.id, '--json'], { environment });
    expect(verified).toMatchObject({ exitCode: 0, errors: '' });
    expect(JSON.parse(verified.output)).toMatchObject({
      ok: true,
      rows: rows.length,
      lag: 0,
      anchored: true,
      closed: true,
    });
    const report = await runBatonHere(['report', '--case', driver.id, '--audit', '--json'], { environment });
    expect(JSON.parse(report.output)).toMatchObject({
      audit: { closed: 1, succeeded: 1, share: 1, faults: [] },
    });
    const replayed = await runBatonHere(['replay', driver.id, '--json'], { environment });
    expect(replayed).toMatchObject({ exitCode: 0, errors: '' });
    const { ok, replays } = JSON.parse(replayed.output) as {
      readonly ok: boolean;
      readonly replays: readonly { readonly story: readonly unknown[] }[];
    };
    expect(ok).toBe(true);
    expect(replays).toHaveLength(continued + 1);
    expect(replays.every((one) => one.story.length > 0)).toBe(true);
  } finally {
    await bed.close();
    await server.stop();
  }
});
