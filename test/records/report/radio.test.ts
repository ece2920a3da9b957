import assert from 'node:assert/strict';
import type { RunRecords } from '../../../src/records/read.js';
import { radioSection } from '../../../src/records/report/radio.js';
import { reportRun } from '../../../src/records/report/report-rows.js';
import { resolveScenario } from '../../../src/scenario/validate.js';
import { madeUpRun } from './made-up-run.js';
import { attemptStory, messageRow, roundRow } from './radio-rows.js';

/** One client, with these messages over this channel. */
function runOf(messages: RunRecords['messages'], channel: object = {}): RunRecords {
  const run = madeUpRun(1);
  const scenario = resolveScenario({ ...run.manifest.scenario, channel: { ...channel } });
  return { ...run, manifest: { ...run.manifest, scenario }, metrics: [roundRow({})], messages };
}

async function textOf(run: RunRecords): Promise<string> {
  return (await radioSection(reportRun(run)))?.text ?? '';
}

describe('the report’s section on the radio link', () => {
  it('is left out where nothing was sent', async () => {
    assert.equal(await radioSection(reportRun({ ...runOf([]), metrics: [] })), null);
  });

  it('shows each part only where there is something to show', async () => {
    const calm = await textOf(runOf([messageRow({})]));
    assert.ok(calm.includes('Each client’s uploads'));
    for (const part of ['What ended the messages', 'Distribution of the delays', '>Price<', '>Open<']) {
      assert.ok(!calm.includes(part), part);
    }
    const troubled = await textOf(runOf([messageRow({ attempts: 4, outcome: 'dropped', reason: 'outage' })]));
    assert.ok(troubled.includes('What ended the messages') && troubled.includes('outage 1'));
    const priced = await textOf(runOf([messageRow({ price: 0.5 })]));
    assert.ok(priced.includes('>Price<'));
  });

  it('draws the law of the paper’s link over the delays of eight messages or more', async () => {
    const paper = (count: number) =>
      Array.from({ length: count }, (_, id) =>
        messageRow({ id, bits: 18_590_976, delaySeconds: 10 + 0.2 * id }),
      );
    const text = await textOf(runOf(paper(8), { coherenceSeconds: 0.05 }));
    // 10.84218 and 0.419338 of the shared reference, for blocks of 50 ms, with three digits.
    assert.match(text, /Law 10\.8 ± 0\.419 s \(normal\)/);
    assert.ok(!(await textOf(runOf(paper(7)))).includes('Distribution of the delays'));
    const lossy = await textOf(runOf(paper(8), { lossProbability: 0.1 }));
    assert.match(lossy, /No closed form for update: what is lost is sent again\./);
  });

  it('says how to get the story where the run has none', async () => {
    assert.ok((await textOf(runOf([messageRow({})]))).includes('--set channel.story=blocks'));
  });

  it('shows a story with its samples, or its spans alone', async () => {
    const samples = [{ atSeconds: 1, gain: 1, rateBps: 1e6 }];
    const blocks = [messageRow({ story: [attemptStory({ atSeconds: 1, samples })] })];
    const withTrack = await textOf(runOf(blocks, { story: 'blocks' }));
    assert.ok(withTrack.includes('Message 1, update, client-1, round 1: slowest delivered upload'));
    assert.ok(withTrack.includes('gain (dB)') && withTrack.includes('Waited 1 s for its link.'));
    const attempts = [messageRow({ story: [attemptStory({})] })];
    const spans = await textOf(runOf(attempts, { story: 'attempts' }));
    assert.ok(spans.includes('slowest delivered upload') && !spans.includes('gain (dB)'));
    assert.ok(spans.includes('--set channel.story=blocks'));
  });

  it('shows names as text, not as markup', async () => {
    const story = [attemptStory({})];
    const text = await textOf(
      runOf([messageRow({ kind: '<b>x</b>', attempts: 2, story })], { story: 'attempts' }),
    );
    assert.ok(text.includes('&lt;b&gt;x&lt;/b&gt;') && !text.includes('<b>x</b>'));
  });
});
