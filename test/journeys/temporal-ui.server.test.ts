import type { Locator, Page } from 'playwright-core';
import type { Decision } from '../../contract/decision.ts';
import { caseAddress } from '../../examples/case-address.ts';
import { readConversation } from '../../examples/support/conversation.ts';
import { playConversation } from '../../examples/support/play-conversation.ts';
import { seedRecords } from '../../examples/support/seed.ts';
import { whyNoChromium } from '../../scripts/chromium.ts';
import { run } from '../../scripts/run.ts';
import { temporalBinary } from '../../scripts/temporal/binary.ts';
import { openBrowser, type Browser } from '../support/browser.ts';
import { openSupportBed, type SupportBed } from '../examples/support/support-bed.ts';

const why = whyNoChromium();
const inBrowser = why === undefined ? describe : describe.skip;

inBrowser(`in the Temporal UI${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let bed: SupportBed;
  let browser: Browser;

  // The first run on a machine may have to install Chromium.
  beforeAll(async () => {
    [bed, browser] = await Promise.all([openSupportBed({ ui: true }), openBrowser()]);
  }, 600_000);
  afterAll(async () => {
    await browser.close();
    await bed.close();
  });

  /** Plays the larger refund; the person of finance decides as the test says. */
  async function refund(caseId: string, decide: (decision: Decision) => Promise<void>): Promise<void> {
    await bed.records.load(seedRecords());
    const decided: typeof bed.baton.decide = async (_, decision) => {
      await decide(decision);
      return { accepted: true, repeated: false, detail: 'by signal' };
    };
    const client = { ...bed.baton, decide: decided };
    const conversation = await readConversation('refund-approved');
    const result = await playConversation(client, conversation, { caseId, team: 'support-desk' });
    expect(result).toMatchObject({ outcome: { outcome: 'refunded' }, path: ['triage', 'billing'] });
    expect(await bed.records.get('charges', 'CH-3')).toMatchObject({ refundedEur: 412.5 });
  }

  test('a person finds a case that waits, sees where it is and how it came there, and approves with the form for signals', async () => {
    const { page, picture } = browser;
    await refund('seen-in-the-ui', async (decision) => {
      const { trace } = await bed.baton.status('seen-in-the-ui');
      const address = caseAddress(bed.server, 'seen-in-the-ui', trace);
      await page.goto(address.replace(/workflows\/.*$/, "workflows?query=BatonWaitingOn='people:finance'"));
      await page.getByRole('link', { name: 'seen-in-the-ui' }).first().click();

      await tab(page, 'Timeline').click();
      await visible(page.getByText('triage -> billing, hop 1: refund-request'));
      await visible(page.getByText('billing: look-up-charges'));
      await picture('timeline');

      await page.goto(address);
      await visible(page.getByText('Event History').first());
      const handoff = page
        .getByRole('row')
        .filter({ hasText: 'triage -> billing, hop 1: refund-request' })
        .first();
      await visible(handoff.getByText('handoff', { exact: true }));
      await picture('history');

      await tab(page, 'Search Attributes').click();
      for (const text of [
        '"BatonTeam": "support-desk"',
        '"BatonOwner": "billing"',
        '"BatonStage": "waiting-person"',
        '"BatonWaitingOn": "people:finance"',
        '"BatonHops": 1',
      ])
        await visible(page.getByText(text));

      await tab(page, 'User Metadata').click();
      await visible(framed(page, 'support-desk: Help the customer with their bill'));
      await visible(framed(page, 'Path: triage → billing'));
      await visible(framed(page, `review ${decision.reviewId} for finance: Refund to the customer?`));
      await visible(framed(page, decision.digest));
      await picture('details');

      await sendSignal(page, 'decide', decision, picture);
    });
    // The page follows by itself.
    await visible(page.getByText('Completed').first());
    const { reviews } = await bed.baton.show('seen-in-the-ui');
    expect(reviews[0]).toMatchObject({ status: 'approved', decision: { by: 'fiona' } });
    await picture('completed');
  }, 360_000);

  test('`temporal workflow signal` approves by the same rules: another digest is refused, and visibly so', async () => {
    const caseId = 'decided-by-temporal';
    await refund(caseId, async (decision) => {
      await temporalSignal(caseId, { ...decision, digest: 'f'.repeat(64) });
      const { page, picture } = browser;
      await page.goto(
        caseAddress(bed.server, caseId, (await bed.baton.status(caseId)).trace).replace(
          /history$/,
          'user-metadata',
        ),
      );
      await visible(framed(page, 'refused at decided: REVIEW_STALE'));
      await picture('refused');
      await temporalSignal(caseId, decision);
    });
  }, 360_000);

  async function temporalSignal(caseId: string, decision: Decision): Promise<void> {
    const command = await temporalBinary(process.env, () => undefined);
    const args = ['workflow', 'signal', '--address', bed.server.address, '--workflow-id', caseId];
    const words = ['--name', 'decide', '--input', JSON.stringify(decision)];
    const sent = await run({ command, args: [...args, ...words], environment: process.env, limitMs: 60_000 });
    expect(sent).toMatchObject({ ok: true });
  }
});

async function visible(what: Locator): Promise<void> {
  await what.waitFor({ state: 'visible' });
}

/** One of the tabs of a workflow's page. */
function tab(page: Page, name: string): Locator {
  return page.getByRole('tab', { name }).or(page.getByRole('link', { name })).first();
}

/** What people and agents wrote, which the UI shows in frames of their own. */
function framed(page: Page, text: string): Locator {
  return page
    .frameLocator(`iframe[src*=${JSON.stringify(encodeURIComponent(text).slice(0, 20))}]`)
    .getByText(text);
}

/** Fills in the form "Send a Signal" and sends it. */
async function sendSignal(
  page: Page,
  name: string,
  content: unknown,
  picture: Browser['picture'],
): Promise<void> {
  await page.getByRole('button', { name: 'More Actions' }).filter({ visible: true }).first().click();
  await page.getByRole('menuitem', { name: 'Send a Signal' }).filter({ visible: true }).click();
  const form = page.locator('dialog[open]').filter({ hasText: 'Send a Signal' });
  await form.getByTestId('signal-select-button').click();
  await visible(form.getByText('A person decides a review: { reviewId, digest'));
  await picture('signals');
  await form.getByRole('option', { name }).first().click();
  await form.getByRole('textbox').last().click();
  await page.keyboard.insertText(JSON.stringify(content));
  // Leaving the field formats what is in it, and moves the button.
  await page.keyboard.press('Tab');
  await visible(form.getByText('"decision": "approve"'));
  await picture('signal');
  await form.getByRole('button', { name: 'Submit' }).click();
  await form.waitFor({ state: 'hidden' });
}
