import type { BreakerEvent, BreakerRules } from '../../contract/breaker.ts';
import { openBreakerStore } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

const rules: BreakerRules = { failures: 2, withinMs: 10_000, openMs: 5_000 };
const billing = { team: 'desk', agent: 'billing', agentVersion: '1.0.0' };
const at = (second: number): string => new Date(Date.UTC(2026, 0, 5) + second * 1_000).toISOString();
const failed = (key: string, second: number, counting = rules): BreakerEvent => {
  return { kind: 'failed', at: at(second), key, caseId: 'c', code: 'AGENT_FAILED', rules: counting };
};
const asked = (handoff: string, second: number): BreakerEvent => {
  return { kind: 'asked', at: at(second), handoff, caseId: 'c', rules };
};

/** What every store of circuit breakers does. */
export function testBreakerStore(stores: StoresUnderTest): void {
  describe('BreakerStore', () => {
    it('keeps a breaker for each version of an agent, and a log of its changes', async () => {
      const url = await stores.freshUrl();
      const first = await openBreakerStore(url);
      expect(await first.move(billing, asked('h1', 0))).toMatchObject({ answer: 'pass' });
      expect(await first.list()).toEqual([]);
      await first.move(billing, failed('t1', 1));
      // A report that comes twice counts once.
      await first.move(billing, failed('t1', 1));
      const opened = await first.move(billing, failed('t2', 2));
      expect([opened.before.kind, opened.state.kind]).toEqual(['closed', 'open']);
      await first.close();

      const again = await openBreakerStore(url);
      expect(await again.move(billing, asked('h2', 3))).toMatchObject({ answer: 'refuse' });
      expect(await again.move({ ...billing, agentVersion: '1.0.1' }, asked('h2', 3))).toMatchObject({
        answer: 'pass',
      });
      expect(await again.move({ ...billing, team: 'other' }, asked('h2', 3))).toMatchObject({
        answer: 'pass',
      });
      expect(await again.list('desk')).toMatchObject([{ ...billing, state: { kind: 'open', until: at(7) } }]);
      expect(await again.list('other')).toEqual([]);
      await again.move(billing, { kind: 'reset', at: at(4) }, { by: 'ann', reason: 'it was the network' });
      expect(await again.move(billing, asked('h3', 4))).toMatchObject({ answer: 'pass' });
      expect(await again.log({ team: 'desk' })).toEqual([
        { ...billing, at: at(4), from: 'open', to: 'closed', by: 'ann', reason: 'it was the network' },
        { ...billing, at: at(2), from: 'closed', to: 'open', caseId: 'c' },
      ]);
      expect(await again.log({ team: 'other' })).toEqual([]);
      expect(await again.log({ limit: 1 })).toHaveLength(1);
      await again.close();
      await expect(again.list()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });

    it('lets one of many through to probe, whoever asks, and counts every failure', async () => {
      const url = await stores.freshUrl();
      const [one, two] = await Promise.all([openBreakerStore(url), openBreakerStore(url)]);
      const either = (index: number): typeof one => (index % 2 === 0 ? one : two);
      const many: BreakerRules = { ...rules, failures: 20 };
      const moved = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          either(index).move(billing, failed(`t${String(index)}`, 1, many)),
        ),
      );
      expect(moved.filter(({ state }) => state.kind === 'open')).toHaveLength(1);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => either(index).move(billing, asked(`h${String(index)}`, 9))),
      );
      expect(answers.map(({ answer }) => answer).toSorted()).toEqual([
        'probe',
        ...Array.from({ length: 19 }, () => 'refuse'),
      ]);
      expect((await one.log()).map(({ to }) => to)).toEqual(['half-open', 'open']);
      await Promise.all([one.close(), two.close()]);
    });
  });
}
