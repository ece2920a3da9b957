import assert from 'node:assert/strict';
import type { RunRecords } from '../../../src/records/read.js';
import { byRound } from '../../../src/records/report/charts.js';
import { csvOf } from '../../../src/records/report/downloads.js';
import { endedSentence } from '../../../src/records/report/ended.js';
import { bits, duration, number, percent } from '../../../src/records/report/format.js';
import { metric } from '../../../src/records/held-out.js';
import { page } from '../../../src/records/report/page.js';
import { reportRun } from '../../../src/records/report/report-rows.js';
import { spearman } from '../../../src/records/rank-correlation.js';
import { clientSeries, inOrder } from '../../../src/records/report/series.js';
import { madeUpRun, notes } from './made-up-run.js';

describe('the report', () => {
  const run = madeUpRun(4);
  let text = '';
  before(async () => {
    text = await page(run);
  });

  it('asks nothing of the network; its one script hands out what it shows', () => {
    assert.equal(text.match(/<script/g)?.length, 1);
    assert.doesNotMatch(text, /<script [^>]|fetch\(|XMLHttp|<link|<img|<iframe|@import|\burl\((?!#)|\bsrc=/i);
    const addresses = [...text.matchAll(/https?:\/\/[^"' <)]+/g)].map(([address]) => address);
    assert.deepEqual(
      addresses.filter((address) => !address.startsWith('http://www.w3.org/')),
      [],
    );
  });

  it('draws a chart for each figure of each stage, and says where it comes from', () => {
    // Step 1: six; Step 2: four; Step 3: eleven; the link: delay and energy of each stage, delays by kind, the
    // distribution of six kinds (there are but four messages of kind model); the lanes.
    assert.equal(text.match(/<svg /g)?.length, 6 + 4 + 11 + 6 + 1 + 6 + 1);
    const figures = text.match(/<h3>/g)!.length;
    assert.ok((text.match(/class="source"/g)?.length ?? 0) >= figures - 4);
  });

  it('draws the updates that counted under each figure of a stage in which one was missing', async () => {
    assert.ok(!text.includes('updates in the aggregate<'), 'no update was missing');
    assert.ok(!text.includes('round lost'));
    const short = await page({
      ...run,
      metrics: run.metrics.map((row) =>
        row.type === 'round' && row.stage === 'alignment' && row.round === 2 ? { ...row, updates: 3 } : row,
      ),
    });
    // Step 3 has ten figures by round; the cohort's bar and the updates' carry the words.
    assert.equal(short.match(/<title>round 2: 3 of 4 updates in the aggregate<\/title>/g)?.length, 2 * 10);
    const metrics = run.metrics.map((row) =>
      row.type === 'round' && row.round === 2 ? { ...row, updates: 0, loss: null } : row,
    );
    const lost = await page({ ...run, metrics });
    assert.ok(lost.includes('round 2: 0 of 4 updates in the aggregate, round lost'));
    assert.ok(lost.includes('>×</text>'));
  });

  it('lists its sections, each with an anchor', () => {
    const anchors = [...text.matchAll(/<a href="#(section-\d+)">/g)].map(([, id]) => id);
    assert.ok(anchors.length >= 6);
    for (const id of anchors) assert.ok(text.includes(`<h2 id="${id}"`), id);
    assert.equal(text.match(/<h2/g)?.length, anchors.length);
  });

  it('names the clients at the ends of their lines, and draws bands of more than thirty', () => {
    const points = (count: number) =>
      Array.from({ length: count }, (_, k) => ({
        actor: `client-${k + 1}`,
        round: 1,
        value: k / (count - 1),
      }));
    const specOf = (count: number) =>
      JSON.stringify(
        byRound({ clients: points(count), mean: [{ round: 1, value: 0.5 }] }, 'reward', 'number'),
      );
    assert.ok(specOf(3).includes('"name":"3"'));
    assert.ok(!specOf(20).includes('"name":"3"') && specOf(20).includes('client-20'));
    // Of 0, 0.01, …, 1 the tenth is 0.1 and the quarter 0.25.
    const bands = specOf(101);
    assert.ok(!bands.includes('client-1'));
    assert.match(bands, /"tenth":0\.1,"quarter":0\.25,"threeQuarters":0\.75,"nineTenths":0\.9\b/);
  });

  it('hands each chart out as SVG, PNG and CSV; the CSV has what it is drawn from, once', () => {
    const clients = [{ actor: 'a, "b"', round: 1, value: 2 }];
    const csv = csvOf(byRound({ clients, mean: [{ round: 1, value: 2 }] }, 'reward', 'number'));
    assert.equal(csv, ['actor,round,value', '"a, ""b""",1,2', 'mean,1,2'].join('\r\n'));
    assert.equal(text.match(/data-kind="PNG"/g)?.length, text.match(/<p class="downloads"/g)?.length);
  });

  it('says how to get the run again: command, seed, version, fingerprint and hash', () => {
    assert.match(text, /npx pwff run scenario\.json --seed 7 --backend/);
    assert.ok(text.includes(run.summary.traceHash));
  });

  it('draws a lane for each actor and a line for each version, and says where the time went', () => {
    assert.ok(text.includes('<title>version 8 of instruction, by answers, at 176 s</title>'));
    assert.match(
      text,
      /<title>client-4: training, Step 1, Step 1\.3, round 1; from [\d.]+ s, for [\d.]+ s<\/title>/,
    );
    for (const words of ['training, Step 3', 'on the air', 'waiting for others']) {
      assert.ok(text.includes(`</i>${words}</span>`), words);
    }
    assert.ok(text.includes(run.summary.timeSpent.sentence));
  });

  it('draws the slowest and the most lossy of many clients, and says that it does', async () => {
    const many = madeUpRun(33);
    const metrics = many.metrics.filter((row) => !('actor' in row) || row.actor !== 'client-2');
    const dropped = { outcome: 'dropped', leftOut: 'given-up', aggregatedIn: null } as const;
    const messages = many.messages.map((row) => (row.from === 'client-33' ? { ...row, ...dropped } : row));
    const drawn = await page({ ...many, metrics, messages });

    assert.ok(
      drawn.includes(
        '30 of 33 clients: the 10 that trained longest, then those that lost most messages (1), ' +
          'then the first of the others',
      ),
    );
    assert.ok(drawn.includes('<title>client-33: '));
  });

  it('says what the run noted of its inputs and of its script', async () => {
    for (const note of notes) assert.ok(text.includes(`<li>${note}</li>`));
    const fault = '/channel/faults/2: the fault matched no message of this run';
    const noted = await page({ ...run, summary: { ...run.summary, notes: [...notes, fault] } });
    assert.ok(noted.includes(`<li>${fault}</li>`));
  });

  it('says when a target accuracy was reached where the scenario sets one', async () => {
    assert.ok(!text.includes('toTarget'));
    const reached = { round: 3, virtualSeconds: 90, energyJoules: 45 };
    const instruction = { ...run.summary.stages.instruction!, toTarget: { accuracy: 0.8, reached } };
    const stages = { ...run.summary.stages, instruction };
    const aimed = await page({ ...run, summary: { ...run.summary, stages } });
    assert.ok(aimed.includes('Accuracy 80 % reached in round 3, after 1 min 30 s and 45 J'));
  });

  it('shows what clients said as text, not as markup', () => {
    assert.ok(text.includes('how do i open the &lt;b&gt;blue&lt;/b&gt; door &amp; leave'));
    assert.ok(!text.includes('<b>blue</b>'));
  });

  it('says that the data is synthetic where it is, and only there', async () => {
    assert.ok(text.includes('>synthetic data<'));
    const real = await page({ ...run, summary: { ...run.summary, synthetic: false } });
    assert.ok(!real.includes('>synthetic data<'));
  });

  it('follows from the records alone', async () => {
    assert.equal(await page(run), text);
    assert.equal(await page(JSON.parse(JSON.stringify(run)) as RunRecords), text);
  });

  it('is written of a run that ended before its first round', async () => {
    const early = {
      ...run,
      metrics: [],
      messages: [],
      summary: {
        ...run.summary,
        ended: { reason: 'failed', cause: 'worker <1> died' },
        stages: { instruction: null, reward: null, alignment: null },
      },
    } satisfies RunRecords;
    const short = await page(early);
    assert.ok(short.includes('Failed: worker &lt;1&gt; died'));
    assert.doesNotMatch(short, /undefined|NaN/);
  });
});

describe('the series of the report', () => {
  it('average over the clients by round and leave out what was not measured', () => {
    const row = (actor: string, round: number, accuracy: number | null) =>
      ({
        type: 'client',
        stage: 'instruction',
        actor,
        round,
        virtualSeconds: 0,
        task: 'evaluate',
        metrics: { accuracy },
      }) as const;
    const rows = [
      row('client-1', 0, 0.25),
      row('client-2', 0, 0.75),
      row('client-1', 1, 0.5),
      row('client-2', 1, null),
    ];
    assert.deepEqual(clientSeries(rows, 'evaluate', metric('accuracy')).mean, [
      { round: 0, value: 0.5 },
      { round: 1, value: 0.5 },
    ]);
  });

  it('count a message to the round in which it ended, as the round rows do', () => {
    const { costs, rounds } = reportRun(madeUpRun(1)).rows;
    const { clients } = costs.series(rounds, 'reward', ({ energyJoules }) => energyJoules);
    // One client: 1.5 J down, 2 + 0.3 sin(round) J up, every round (test/records/report/made-up-run.ts).
    assert.deepEqual(
      clients.map(({ round, value }) => [round, value]),
      [1, 2, 3, 4].map((round) => [round, 1.5 + (2 + 0.3 * Math.sin(round))]),
    );
  });

  it('rank with ties like scipy.stats.spearmanr', () => {
    // scipy 1.x: spearmanr([1, 2, 2, 4, 5], [1, 3, 2, 5, 4]) = 0.8720815992723809
    const pairs = [
      [1, 1],
      [2, 3],
      [2, 2],
      [4, 5],
      [5, 4],
    ] as const;
    assert.ok(Math.abs(spearman(pairs)! - 0.8720815992723809) < 1e-12);
    assert.equal(
      spearman([
        [1, 1],
        [2, 1],
        [3, 1],
      ]),
      null,
    );
  });

  it('put the server first and client-10 behind client-9', () => {
    assert.deepEqual(inOrder(['client-10', 'client-9', 'server', 'client-9']), [
      'server',
      'client-9',
      'client-10',
    ]);
  });

  it('pair the first with the last response to a prompt', () => {
    const pairs = reportRun(madeUpRun(2)).rows.samples.beforeAndAfter;
    assert.equal(pairs.length, 4);
    assert.deepEqual(pairs[0]!.rounds, [0, 8]);
    assert.equal(pairs[0]!.after, 'i cannot help with that');
  });
});

describe('the end of a run in words', () => {
  const sentence = (stages: Readonly<Record<string, 'converged' | 'out-of-rounds'>>) =>
    endedSentence({ reason: 'finished', stages });

  it('counts the stages and says what ended each, a round limit not as a failure', () => {
    assert.equal(
      sentence({ instruction: 'out-of-rounds', reward: 'converged', alignment: 'out-of-rounds' }),
      'Finished: 3 of 3 stages; reward learning converged, the round limit ended instruction tuning and alignment.',
    );
    assert.equal(
      sentence({ instruction: 'converged', reward: 'converged', alignment: 'converged' }),
      'Finished: 3 of 3 stages; instruction tuning, reward learning and alignment converged.',
    );
  });
});

describe('figures for people', () => {
  it('have three significant digits', () => {
    assert.deepEqual([0, 0.5, -1.2345, 12345, 1.23456e7, 0.000123, null].map(number), [
      '0',
      '0.5',
      '−1.23',
      '12,345',
      '1.23e7',
      '1.23e-4',
      '–',
    ]);
    assert.deepEqual([100, 990, 0.1].map(number), ['100', '990', '0.1']);
  });

  it('have the unit that fits', () => {
    assert.deepEqual([0.0123, 1, 61, 3725].map(duration), ['12.3 ms', '1 s', '1 min 01 s', '1 h 02 min']);
    assert.deepEqual([512, 1.6e6, 2.5e9].map(bits), ['512 bit', '1.6 Mbit', '2.5 Gbit']);
    assert.equal(percent(0.8766), '87.7 %');
  });
});
