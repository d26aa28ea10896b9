import { parsePolicy, policyDigest, type Policy } from '../../contract/policy/policy.ts';
import { openPolicyStore } from '../../stores/index.ts';
import type { StoresUnderTest } from './stores-under-test.ts';

function policy(policyVersion: string, below = 0.5): Policy {
  const parsed = parsePolicy({
    version: '1.0.0',
    name: 'desk',
    policyVersion,
    keywords: { hindi: ['रद्द'] },
    rules: [{ id: 'a', on: 'turn', when: { input: 'confidence', below }, then: { do: 'tell' } }],
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const by = (publishedAt: string, publishedBy = 'ann'): { publishedAt: string; publishedBy: string } => ({
  publishedAt,
  publishedBy,
});

/** What every store of published policies does. */
export function testPolicyStore(stores: StoresUnderTest): void {
  describe('PolicyStore', () => {
    it('keeps every version as it was, and the last that was chosen is current', async () => {
      const url = await stores.freshUrl();
      const policies = await openPolicyStore(url);
      const [first, second] = [policy('1.0.0'), policy('1.1.0', 0.7)];
      expect(await policies.current('desk')).toBeUndefined();
      expect(await policies.publish({ team: 'desk', policy: first, ...by('2026-01-01T00:00:00Z') })).toEqual({
        team: 'desk',
        policyVersion: '1.0.0',
        digest: policyDigest(first),
        policy: first,
        ...by('2026-01-01T00:00:00Z'),
      });
      await policies.publish({ team: 'desk', policy: second, ...by('2026-01-02T00:00:00Z', 'bob') });
      expect(await policies.current('desk')).toMatchObject({ policyVersion: '1.1.0', policy: second });
      expect(await policies.get('desk', '1.0.0')).toMatchObject({ policy: first, publishedBy: 'ann' });
      expect(await policies.get('desk', '9.0.0')).toBeUndefined();
      expect(await policies.current('other')).toBeUndefined();
      await policies.publish({ team: 'other', policy: second, ...by('2026-01-03T00:00:00Z') });

      // Going back: the version keeps when and by whom it was published.
      await policies.publish({ team: 'desk', policy: first, ...by('2026-01-04T00:00:00Z', 'eve') });
      await policies.close();
      const again = await openPolicyStore(url);
      expect(await again.current('desk')).toMatchObject({ policy: first, ...by('2026-01-01T00:00:00Z') });
      const heads = (await again.list()).map((one) => [one.team, one.policyVersion, one.current]);
      expect(heads).toEqual([
        ['desk', '1.1.0', false],
        ['desk', '1.0.0', true],
        ['other', '1.1.0', true],
      ]);
      expect(await again.list('other')).toMatchObject([{ team: 'other', digest: policyDigest(second) }]);
      await again.close();
      await expect(again.current('desk')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });

    it('never changes a version, whoever is first', async () => {
      const url = await stores.freshUrl();
      const [one, two] = await Promise.all([openPolicyStore(url), openPolicyStore(url)]);
      const answers = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? one : two).publish({
            team: 'desk',
            policy: policy('1.0.0', index / 10),
            ...by('2026-01-01T00:00:00Z'),
          }),
        ),
      );
      expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(1);
      for (const answer of answers)
        if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'POLICY_CONFLICT' });
      expect(await one.list('desk')).toHaveLength(1);
      await Promise.all([one.close(), two.close()]);
    });
  });
}
