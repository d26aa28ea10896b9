import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { ensureChromium } from '../../scripts/chromium.ts';

/** A browser window with nothing in it from before. */
export interface Browser {
  readonly page: Page;
  /** A picture of the page, where `BATON_TEST_SCREENSHOTS` names a folder for them. */
  readonly picture: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** It runs as root in containers, speaks to this machine alone, and asks its maker for nothing. */
const SWITCHES = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** Opens a window with a profile of its own. */
export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(path.join(tmpdir(), 'baton-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await ensureChromium(),
    headless: true,
    args: SWITCHES,
    viewport: { width: 1_400, height: 1_200 },
  });
  context.setDefaultTimeout(45_000);
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    page,
    picture: async (name) => {
      const folder = process.env['BATON_TEST_SCREENSHOTS'];
      if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
    },
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
