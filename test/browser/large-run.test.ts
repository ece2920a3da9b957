import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { packageRoot } from '../../src/paths.js';
import { eventsOf, jump, placeOf, until, view, waitForPlace } from './hands.js';
import { writeLargeRun, type LargeRun } from './large-run.js';
import { lookerForTests } from './looker.js';
import { folderForTests } from './troubled-run.js';

const cli = join(packageRoot(), 'dist/src/cli.js');

describe('the page of a run of 100 clients and a million events', function () {
  this.timeout(180_000);
  const looker = lookerForTests();
  const folder = join(folderForTests(), 'large');
  let run: LargeRun;
  let command: ChildProcess;
  let address: string;

  before(async () => {
    run = await writeLargeRun(folder);
    const begun = performance.now();
    command = spawn(process.execPath, [cli, 'inspect', folder]);
    address = await new Promise<string>((resolve, reject) => {
      let said = '';
      command.stdout!.on('data', (chunk: Buffer) => {
        const [, found] = /Page: (http:\S+)\n/.exec((said += String(chunk))) ?? [];
        if (found !== undefined) resolve(found);
      });
      command.stderr!.on('data', (chunk: Buffer) => (said += String(chunk)));
      command.on('exit', () => reject(new Error(said)));
    });
    tell('the command says its address after', milliseconds(begun));
  });
  after(() => {
    command?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('can be used within two seconds, and says how far it has read', async () => {
    const page = await looker.open(address);
    const usable = await page.evaluate<number>('performance.now()');
    assert.match(await page.locator('.about').first().innerText(), /reading events, \d+ %|\d{7} events/);
    const painted = await page.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0].startTime",
    );
    tell('first paint and page with the run', `${painted.toFixed(0)} ms, ${usable.toFixed(0)} ms`);
    assert.ok(usable < 2_000, `${usable} ms`);
    const begun = performance.now();
    await until('all events are read', async () => (await eventsOf(page)) === run.events);
    tell('all events are read after another', milliseconds(begun));
    tell('memory of the command', memoryOf(command));
  });

  it('jumps to the end, back into the middle, and filters', async () => {
    const page = await opened();
    await timed('to the end', async () => {
      await page.getByRole('button', { name: 'To the end' }).click();
      await waitForPlace(page, run.events - 1);
      await page.getByText('server finished').waitFor();
    });
    await timed('to the middle', async () => {
      await jump(page, '#500000');
      await waitForPlace(page, 500_000);
    });
    await view(page, 'Events');
    await timed('filter by an actor and an event', async () => {
      await page.getByRole('combobox', { name: 'Actor' }).selectOption('client-77');
      await page.getByRole('textbox', { name: 'Event', exact: true }).fill('download.delivered');
      const names = page.locator('.list li b');
      await until('client-77 alone', async () => {
        const shown = await names.allInnerTexts();
        return shown.length === 50 && shown.every((name) => name === 'client-77');
      });
    });
    await timed('to the next event of the filter', async () => {
      await page.getByRole('button', { name: 'Forward by one event' }).click();
      await until('it has moved', async () => (await placeOf(page)) > 500_000);
    });
  });

  it('shows every view', async () => {
    const page = await opened();
    await jump(page, String(run.virtualSeconds / 2));
    await timed('messages', async () => {
      await view(page, 'Messages');
      await page.locator('.message').first().waitFor();
    });
    await timed('figures', async () => {
      await view(page, 'Figures');
      await page.locator('figure canvas').first().waitFor();
    });
    await timed('clients', async () => {
      await view(page, 'Clients');
      await page.locator('table.clients tbody tr').nth(99).waitFor();
    });
    await timed('timeline, the first time', async () => {
      await view(page, 'Timeline');
      await page.getByRole('img', { name: /server: / }).waitFor({ timeout: 60_000 });
    });
    await timed('timeline, after that', async () => {
      await view(page, 'Events');
      await view(page, 'Timeline');
      await page.getByRole('img', { name: /server: / }).waitFor();
    });
    tell('memory of the command after all', memoryOf(command));
  });

  async function opened(): Promise<Page> {
    const page = await looker.open(address);
    await until('all events are read', async () => (await eventsOf(page)) === run.events);
    return page;
  }
});

const milliseconds = (begun: number) => `${(performance.now() - begun).toFixed(0)} ms`;

function tell(what: string, figure: string): void {
  console.log(`      ${what}: ${figure}`);
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  await work();
  tell(what, milliseconds(begun));
}

function memoryOf({ pid }: ChildProcess): string {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return 'not known here';
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8')) ?? [];
  return `${Math.round(Number(kilobytes) / 1024)} MiB`;
}
