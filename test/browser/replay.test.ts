import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type { Page as ServedPage } from '../../src/cli/page/serve.js';
import { readInspection, readRun, type EventRow, type MessageRow } from '../../src/index.js';
import { jump, placeOf, until, view, waitForPlace } from './hands.js';
import { lookerForTests } from './looker.js';
import { folderForTests, runTroubled, serveRecorded } from './troubled-run.js';

describe('the page of a recorded run', () => {
  const looker = lookerForTests();
  const folder = join(folderForTests(), 'run');
  let served: ServedPage;
  let events: readonly EventRow[];
  let messages: readonly MessageRow[];

  before(async () => {
    await runTroubled(folder);
    served = await serveRecorded([folder]);
    events = (await readInspection(folder)).filter((row) => row.type === 'event');
    messages = (await readRun(folder)).messages;
  });
  after(() => served?.close());

  it('opens before the first event, with the charts of the server, a client and a link', async () => {
    const page = await looker.open(served.address);
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'tiny');
    assert.match(await page.locator('.about').first().innerText(), new RegExp(`${events.length} events`));
    await waitForPlace(page, -1);
    for (const actor of ['server', 'client-1', 'client-1/uplink']) {
      await page
        .getByRole('region', { name: `Chart of ${actor}`, exact: true })
        .locator('svg')
        .waitFor();
    }
  });

  it('plays on from event to event, and stops', async () => {
    const page = await looker.open(served.address);
    await page.getByLabel('Speed').selectOption('20 events/s');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await until('it plays', async () => (await placeOf(page)) >= 3);
    await page.getByRole('button', { name: 'Stop playing' }).click();
    const stopped = await placeOf(page);
    await page.waitForTimeout(300);
    assert.ok((await placeOf(page)) <= stopped + 1, 'it plays on after Stop');
  });

  it('plays on in virtual time, through times without an event', async () => {
    const page = await looker.open(served.address);
    await page.getByLabel('Speed').selectOption('10 × time');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    const gap = events.findIndex((event, at) => events[at + 1]!.virtualSeconds - event.virtualSeconds > 5);
    await until('it plays', async () => (await placeOf(page)) >= gap + 1);
  });

  it('lights what the actors of a place do, and counts the way there', async () => {
    const page = await looker.open(served.address);
    const at = events.findIndex(({ actor, state }) => actor === 'client-1' && state.endsWith('.tuning'));
    await jump(page, `#${at}`);
    const chart = page.getByRole('region', { name: 'Chart of client-1', exact: true });
    await chart.getByText('instructionTuning.tuning').waitFor();
    await until('its states are lit', async () => (await chart.locator('[data-state].active').count()) >= 2);
    assert.equal(await chart.locator('.count').first().innerHTML(), '1×');
  });

  it('steps forward, and back to before the first event', async () => {
    const page = await looker.open(served.address);
    const forward = page.getByRole('button', { name: 'Forward by one event' });
    await forward.click();
    await waitForPlace(page, 0);
    await forward.click();
    await waitForPlace(page, 1);
    const back = page.getByRole('button', { name: 'Back by one event' });
    await back.click();
    await waitForPlace(page, 0);
    await back.click();
    await waitForPlace(page, -1);
    await back.click();
    await waitForPlace(page, -1);
  });

  it('jumps to an event, to the last event before a time, and to both ends', async () => {
    const page = await looker.open(served.address);
    await jump(page, '#40');
    await waitForPlace(page, 40);
    await jump(page, '2.5');
    await waitForPlace(page, lastUpTo(events, 2.5));
    await page.getByRole('button', { name: 'To the end' }).click();
    await waitForPlace(page, events.length - 1);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    await waitForPlace(page, -1);
    await jump(page, '1e9 s');
    await waitForPlace(page, events.length - 1);
  });

  it('says what is wrong with a place that there is not', async () => {
    const page = await looker.open(served.address);
    await jump(page, 'tomorrow');
    await page.getByRole('alert').getByText('"tomorrow": expected a time such as 12.5').waitFor();
    await jump(page, '#1');
    await waitForPlace(page, 1);
    await page.getByRole('alert').waitFor({ state: 'hidden' });
  });

  it('lists and steps over the events of an actor, of a type, and of a step alone', async () => {
    const page = await looker.open(served.address);
    await view(page, 'Events');
    const list = page.getByRole('region', { name: 'Events' }).getByRole('listitem');

    await page.getByLabel('Actor').selectOption('client-2');
    const own = placesOf(events, ({ actor }) => actor === 'client-2');
    await expectFirst(list, own);

    await page.getByRole('textbox', { name: 'Event', exact: true }).fill('delivered');
    const delivered = own.filter((at) => events[at]!.event.includes('delivered'));
    await expectFirst(list, delivered);
    await page.getByRole('button', { name: 'Forward by one event' }).click();
    await waitForPlace(page, delivered[0]!);
    assert.match(await page.locator('.place').innerText(), /filtered/);

    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('button', { name: 'To the beginning' }).click();
    await page.getByLabel('Step').selectOption('1.3');
    const tuning = 'instructionTuning.tuning';
    await expectFirst(
      list,
      placesOf(events, ({ state, before }) => state === tuning && before !== tuning),
    );
  });

  it('goes to the event that is clicked', async () => {
    const page = await looker.open(served.address);
    await view(page, 'Events');
    const list = page.getByRole('region', { name: 'Events' }).getByRole('listitem');
    await list.nth(4).getByRole('button').click();
    await waitForPlace(page, 4);
    assert.equal(await list.nth(4).getByRole('button').getAttribute('aria-current'), 'true');
  });

  it('tells the story of a lost message: the fault, the attempts, the energy', async () => {
    const lost = messages.find(({ outcome }) => outcome === 'dropped')!;
    const page = await looker.open(served.address);
    await openMessage(page, lost);
    const story = await page.getByRole('region', { name: 'Story of the message' }).innerText();
    assert.match(story, new RegExp(`Message ${lost.id}: update`));
    assert.match(story, /client-3 → server/);
    assert.match(story, /dropped: fault/);
    assert.match(story, /\/channel\/faults\/0 \(drop\)/);
    assert.match(story, new RegExp(`attempts\\s+${lost.attempts}\\b`));
    assert.ok(story.includes(`${lost.energyJoules.toPrecision(3)} J`), story);
    const attempts = page.getByRole('group', { name: 'Attempts' }).locator('tbody tr');
    assert.equal(await attempts.count(), lost.attempts);
    assert.equal(await attempts.last().locator('td').last().innerText(), 'fault');
  });

  it('marks a message that took several attempts, and one that came twice', async () => {
    const copy = messages.find(({ copyOf }) => copyOf !== null)!;
    const repeated = messages.find(({ attempts, outcome }) => attempts > 1 && outcome === 'delivered')!;
    const page = await looker.open(served.address);
    await openMessage(page, copy);
    const story = page.getByRole('region', { name: 'Story of the message' });
    await story.getByText('it was a second copy').waitFor();
    const arrow = page.locator(`[data-message="${copy.id}"]`);
    assert.match(
      (await arrow.getAttribute('aria-label'))!,
      new RegExp(`second copy of message ${copy.copyOf}`),
    );
    await openMessage(page, repeated);
    const label = await page.locator(`[data-message="${repeated.id}"]`).getAttribute('aria-label');
    assert.match(label!, new RegExp(`${repeated.attempts} attempts`));
    await story.getByText('/channel/faults/1 (corrupt)').waitFor();
  });

  it('names the blackout in the timeline, and goes to the time that is clicked', async () => {
    const page = await looker.open(served.address);
    await view(page, 'Timeline');
    const lanes = page.getByRole('group', { name: 'Lanes' }).getByRole('img');
    await page.getByText(/^0 s to \d+(\.\d)? s/).waitFor();
    await jump(page, '3.5');
    await waitForPlace(page, lastUpTo(events, 3.5));
    for (let k = 0; k < 4; k++) await page.getByRole('button', { name: 'Zoom in' }).click();
    assert.match((await lanes.getAttribute('aria-label'))!, /client-1: .*blackout/);
    await lanes.click({ position: await positionAt(page, lanes, 3.6, 1) });
    await page.getByText(/client-1: blackout .*fault \/channel\/faults\/3/).waitFor();
    await until('3.6 s', async () => /^3\.6\d s/.test(await page.locator('.place').innerText()));
  });

  it('draws figures, and sorts the clients', async () => {
    const page = await looker.open(served.address);
    await view(page, 'Figures');
    const plots = page.getByRole('region', { name: 'Figures' }).locator('figure');
    await plots.filter({ hasText: 'delay' }).locator('canvas').waitFor();
    await page.getByLabel('Over').selectOption('virtual time');
    await plots.filter({ hasText: 'energy' }).locator('canvas').waitFor();

    await view(page, 'Clients');
    await page.getByRole('button', { name: 'joules' }).click();
    await page.getByRole('button', { name: 'joules ▲' }).click();
    const { metrics } = await readRun(folder);
    assert.ok(metrics.length > 0);
    const spent = ['client-1', 'client-2', 'client-3'].map((id) => ({
      id,
      joules: messages.filter(({ from }) => from === id).reduce((sum, row) => sum + row.energyJoules, 0),
    }));
    const order = spent.toSorted((one, other) => other.joules - one.joules).map(({ id }) => id);
    const shown = await page.locator('table.clients tbody tr td:first-child').allInnerTexts();
    assert.deepEqual(shown, order);
    await page.getByRole('button', { name: 'client-3' }).click();
    assert.equal(await page.getByRole('combobox', { name: 'Client' }).inputValue(), 'client-3');
  });
});

const lastUpTo = (events: readonly EventRow[], seconds: number) =>
  events.findLastIndex(({ virtualSeconds }) => virtualSeconds <= seconds);

const placesOf = (events: readonly EventRow[], isWanted: (event: EventRow) => boolean) =>
  events.flatMap((event, at) => (isWanted(event) ? [at] : []));

/** The list shows these places: at most 25 from the beginning on. */
async function expectFirst(list: Locator, places: readonly number[]): Promise<void> {
  const expected = places.slice(0, 25);
  assert.ok(expected.length > 0);
  await until(`${expected.length} events`, async () => (await list.count()) === expected.length);
  const shown = await list.locator('.when').allInnerTexts();
  assert.deepEqual(
    shown.map((text) => Number(/^#(\d+)/.exec(text)?.[1])),
    expected,
  );
}

/** Shows a message in the sequence, and clicks it. */
async function openMessage(page: Page, { id, sentVirtualSeconds }: MessageRow): Promise<void> {
  await view(page, 'Messages');
  await jump(page, String(sentVirtualSeconds));
  const arrow = page.locator(`[data-message="${id}"]`);
  await arrow.click();
  await page.getByRole('heading', { name: new RegExp(`^Message ${id}:`) }).waitFor();
}

/** Where a lane is at a virtual time; lanes begin 86 pixels from the left and 22 from above, 20 high each. */
async function positionAt(page: Page, lanes: Locator, virtualSeconds: number, lane: number) {
  const text = await page.getByRole('region', { name: 'Timeline' }).locator('.row .quiet').innerText();
  const [from, to] = text.split(' to ').map(secondsIn) as [number, number];
  const { width } = (await lanes.boundingBox())!;
  return { x: 86 + ((virtualSeconds - from) / (to - from)) * (width - 86), y: 22 + 20 * lane + 10 };
}

function secondsIn(text: string): number {
  const [number, unit] = text.split(' ') as [string, string];
  return Number(number) * { s: 1, ms: 1e-3, µs: 1e-6 }[unit]!;
}
