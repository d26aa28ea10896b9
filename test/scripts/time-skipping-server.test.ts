import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timeSkippingServerPath } from '../../scripts/time-skipping-server.ts';
import { skipTime } from '../support/time-skipping.ts';

test('thirty days pass in a moment', async () => {
  const environment = await skipTime();
  try {
    const before = await environment.currentTimeMs();
    const started = Date.now();
    await environment.sleep('30 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
    expect(Date.now() - started).toBeLessThan(60_000);
  } finally {
    await environment.teardown();
  }
}, 900_000);

test('when no way works, the refusal lists each and what would help', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-tools-'));
  try {
    const environment = { PATH: '', BATON_CACHE: folder, HTTPS_PROXY: 'http://127.0.0.1:1' };
    const refused = timeSkippingServerPath({ environment, progress: () => undefined });
    await expect(refused).rejects.toMatchObject({ code: 'TIME_SKIPPING_SERVER_UNAVAILABLE' });
    await expect(refused).rejects.toThrow(
      /SDK's download: .+\n.*Maven: Maven is not installed\n(.*\n)*.*Java 11/,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
