import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromiumPath, howToGetChromium, launch } from './chromium.js';

/** Opens pages in a headless Chromium, and hears what goes wrong in them. */
export interface Looker {
  /** A new page at an address, once the run is opened in it. */
  open(address: string, options?: BrowserContextOptions): Promise<Page>;
  /** In this test the server goes: the browser may say that it cannot be reached. */
  expectLostServer(): void;
}

/**
 * A browser for the tests of a `describe`. After each of them, no page may have written an error to its console,
 * thrown one, or asked anything of another machine. Without a Chromium they are skipped, and say why.
 */
export function lookerForTests(): Looker {
  let browser: Browser | null = null;
  let troubles: string[] = [];
  let isServerLost = false;

  before(async function () {
    const path = chromiumPath();
    if (path === null) {
      console.log(`      skipped: ${howToGetChromium}`);
      this.skip();
    }
    browser = await launch(path);
  });
  after(() => browser?.close());
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    const found = troubles.filter((said) => !isServerLost || !said.includes('net::ERR_CONNECTION_'));
    [troubles, isServerLost] = [[], false];
    assert.deepEqual(found, []);
  });

  return {
    expectLostServer: () => (isServerLost = true),
    async open(address, options = {}) {
      const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      page.on('console', (said) => {
        if (said.type() === 'error' || said.type() === 'warning') troubles.push(`console: ${said.text()}`);
      });
      page.on('pageerror', (error) => troubles.push(`page: ${error.message}`));
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol !== 'data:' && hostname !== '127.0.0.1') troubles.push(`request: ${request.url()}`);
      });
      page.on('websocket', (socket) => {
        if (new URL(socket.url()).hostname !== '127.0.0.1') troubles.push(`socket: ${socket.url()}`);
      });
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
  };
}
