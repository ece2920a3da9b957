import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readRun } from '../../src/index.js';
import { packageRoot } from '../../src/paths.js';
import { eventsOf, until } from './hands.js';
import { lookerForTests } from './looker.js';
import { folderForTests, runTroubled, troubled } from './troubled-run.js';

const cli = join(packageRoot(), 'dist/src/cli.js');

describe('the page of a live run', () => {
  const looker = lookerForTests();
  const folder = folderForTests();
  const started: ChildProcess[] = [];
  let hashWithoutPage: string;

  before(async () => {
    hashWithoutPage = (await runTroubled(join(folder, 'alone'))).traceHash;
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  /** The command with a page, and the address that it prints. */
  async function run(out: string, ...args: string[]) {
    const set = troubled.flatMap((each) => ['--set', each]);
    const child = spawn(process.execPath, [cli, 'run', 'tiny', ...set, '--out', out, ...args]);
    started.push(child);
    let said = '';
    const address = new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        said += String(chunk);
        const [, found] = /Page: (http:\S+)\n/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.on('exit', () => reject(new Error(`no page: ${said}`)));
    });
    return { child, exit: once(child, 'exit'), address: await address };
  }

  it('is paused, stepped, slowed and let go, and ends with the trace hash of one without a page', async () => {
    const out = join(folder, 'watched');
    const { exit, address } = await run(out, '--ui', '--paused');
    const page = await looker.open(address);
    await page.getByText('The run waits', { exact: true }).waitFor();
    await page.getByRole('region', { name: 'Chart of server' }).locator('svg').waitFor();
    const begun = await eventsOf(page);

    const oneEvent = page.getByRole('button', { name: 'One event', exact: true });
    for (let k = 0; k < 4; k++) {
      await oneEvent.click();
      await page.getByText('The run waits', { exact: true }).waitFor();
    }
    await until('events come', async () => (await eventsOf(page)) > begun);
    const stepped = await eventsOf(page);

    await page.getByRole('button', { name: 'One round' }).click();
    await until('a round comes', async () => (await eventsOf(page)) > stepped + 5);
    await page.getByText('The run waits', { exact: true }).waitFor();
    const afterRound = await eventsOf(page);
    await page.waitForTimeout(400);
    assert.equal(await eventsOf(page), afterRound, 'it goes on after its round');

    await page.getByLabel('Pace').selectOption('1 virtual s per s');
    await page.getByText('The run goes on').waitFor();
    await page.getByRole('button', { name: 'Pause the run' }).click();
    await page.getByText('The run waits', { exact: true }).waitFor();

    await page.getByLabel('Pace').selectOption('as fast as it can');
    await page.getByText('The run has ended (finished).').waitFor({ timeout: 30_000 });
    await page.close();
    assert.deepEqual(await exit, [0, null]);
    assert.equal((await readRun(out)).summary.traceHash, hashWithoutPage);
  });

  it('shows all that the run has left when it has ended', async () => {
    const out = join(folder, 'followed');
    const { address, exit } = await run(out, '--ui', '--paused');
    const page = await looker.open(address);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('The run has ended (finished).').waitFor({ timeout: 30_000 });
    const { summary, messages } = await readRun(out);
    assert.match(
      await page.locator('.about').first().innerText(),
      new RegExp(`${summary.virtualSeconds.toFixed(1)} s`),
    );
    const charts = page.locator('.chart h3');
    await until(
      'the server has finished',
      async () => (await charts.allInnerTexts())[0] === 'server finished',
    );
    await page.getByRole('button', { name: 'Messages' }).click();
    await page.getByLabel('Window').selectOption('600 s around now');
    const shown = page.locator('[data-message]');
    await until('all messages', async () => (await shown.count()) === messages.length);
    await page.close();
    await exit;
  });

  it('says so when the command is ended while the run waits, and what is loaded stays', async () => {
    const { child, exit, address } = await run(join(folder, 'stopped'), '--ui', '--paused');
    const page = await looker.open(address);
    await page.getByText('The run waits', { exact: true }).waitFor();
    looker.expectLostServer();
    child.kill('SIGINT');
    assert.deepEqual(await exit, [130, null]);
    await page.getByRole('alert').getByText('The command that serves this page has ended').waitFor();
    assert.equal(await page.locator('h1').innerText(), 'tiny');
  });
});
