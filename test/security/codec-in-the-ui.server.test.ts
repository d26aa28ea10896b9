/** The Temporal UI in a real browser: ciphertext for everybody, clear text for whoever signed in at the endpoint. */
import { createHash } from 'node:crypto';
import { caseAddress } from '../../examples/case-address.ts';
import { readConversation } from '../../examples/support/conversation.ts';
import { playConversation } from '../../examples/support/play-conversation.ts';
import { seedRecords } from '../../examples/support/seed.ts';
import { whyNoChromium } from '../../scripts/chromium.ts';
import { codecOfEnvironment } from '../../security/index.ts';
import { parseCodecAccess } from '../../service/codec/access.ts';
import { createCodecEndpoint } from '../../service/codec/codec-endpoint.ts';
import { openSupportBed, type SupportBed } from '../examples/support/support-bed.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { keyRingText } from './key-rings.ts';

const TOKEN = 'random-token-of-ann';
const CASE = 'encrypted-in-the-ui';
const why = whyNoChromium();
const inBrowser = why === undefined ? describe : describe.skip;

inBrowser(`the codec endpoint and the Temporal UI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let bed: SupportBed;
  let browser: Browser;
  let endpoint: Awaited<ReturnType<typeof createCodecEndpoint>>;
  let address: string;

  beforeAll(async () => {
    const codec = codecOfEnvironment({
      BATON_CODEC_KEYS: keyRingText({ encryptWith: 'k1', active: ['k1'] }),
    });
    if (!codec) throw new Error('no codec');
    [bed, browser] = await Promise.all([openSupportBed({ ui: true, codec }), openBrowser()]);
    const access = parseCodecAccess(
      JSON.stringify({
        version: '1.0.0',
        people: [{ name: 'ann', tokenSha256: createHash('sha256').update(TOKEN).digest('hex') }],
        origins: [bed.server.uiAddress],
      }),
    );
    endpoint = await createCodecEndpoint({ codec, access });
    address = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    await bed.records.load(seedRecords());
    await playConversation(bed.baton, await readConversation('duplicate-charge'), {
      caseId: CASE,
      team: 'support-desk',
    });
  }, 600_000);
  afterAll(async () => {
    await browser.close();
    await endpoint.close();
    await bed.close();
  });

  test('signed in, a person reads what a handoff is about; signed out, nobody does', async () => {
    const { page, picture } = browser;
    const { trace } = await bed.baton.status(CASE);
    const shown = caseAddress(bed.server, CASE, trace);
    const clear = page.getByText('triage -> billing, hop 1: duplicate-charge').first();

    await page.goto(shown);
    // What the settings dialog of the UI keeps: the endpoint, and that credentials go along.
    await page.evaluate((url) => {
      const { localStorage } = globalThis as unknown as {
        localStorage: { setItem: (name: string, value: string) => void };
      };
      localStorage.setItem('endpoint', JSON.stringify(url));
      localStorage.setItem('includeCredentials', 'true');
      localStorage.setItem('overrideRemoteCodecConfiguration', 'true');
    }, address);
    const refused = page.waitForResponse((response) => response.url().startsWith(`${address}/decode`));
    await page.reload();
    expect((await refused).status()).toBe(401);
    await page.getByText('Event History').first().waitFor();
    expect(await clear.count()).toBe(0);
    await picture('codec-signed-out');

    await page.goto(`${address}/sign-in`);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are signed in.').waitFor();

    await page.goto(shown);
    await clear.waitFor();
    await picture('codec-signed-in');
  }, 360_000);
});
