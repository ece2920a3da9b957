import assert from 'node:assert/strict';
import type { RunRecords } from '../../../src/records/read.js';
import type { AlignmentSummary, Collapse } from '../../../src/records/summary.js';
import { alignmentDetails } from '../../../src/records/report/alignment.js';
import { collapseMarks, collapseStories } from '../../../src/records/report/collapse.js';
import { stageFigures } from '../../../src/records/report/figures.js';
import { interval } from '../../../src/records/report/format.js';
import { page } from '../../../src/records/report/page.js';
import { stageSections } from '../../../src/records/report/panels.js';
import { reportRun } from '../../../src/records/report/report-rows.js';
import { responsesSection } from '../../../src/records/report/responses.js';
import { madeUpRun } from './made-up-run.js';

const found = (
  kind: Collapse['kind'],
  client: string | null,
  since: number,
  value: number,
  threshold: number,
): Collapse => ({ kind, client, since, round: 8, value, threshold });

const both: readonly Collapse[] = [
  found('length-hacking', 'client-2', 2, 1.9, 1.75),
  found('kl-runaway', null, 3, 30, 25),
  found('kl-runaway', 'client-1', 3, 41, 25),
  found('kl-runaway', 'client-2', 4, 33, 25),
];

/** A made-up run whose alignment has these figures. */
function withAlignment(figures: Partial<AlignmentSummary>): RunRecords {
  const run = madeUpRun(3);
  const alignment = { ...run.summary.stages.alignment!, ...figures };
  return { ...run, summary: { ...run.summary, stages: { ...run.summary.stages, alignment } } };
}

const words = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const detailsOf = ({ summary }: RunRecords) => words(alignmentDetails(summary.stages.alignment)?.text ?? '');
const responsesOf = (run: RunRecords) => words(responsesSection(reportRun(run))?.text ?? '');

describe('a collapse in words', () => {
  it('is told once for each kind: of the mean, or else of the client that it befell first', () => {
    assert.deepEqual(
      collapseStories(both).map(({ since, finding }) => [since, finding]),
      [
        [
          2,
          'Reward hacking by length since round 2: responses are 1.9 times as long as they were, and ' +
            'score higher in round 8, limit 1.75 (client-2)',
        ],
        [
          3,
          'KL runaway since round 3: the policy is 30 nats per response from where it began in round 8, ' +
            'limit 25 (mean over the clients; 2 of them by themselves)',
        ],
      ],
    );
    const [story] = collapseStories([
      found('entropy-collapse', 'client-1', 5, 0.04, 0.1),
      found('entropy-collapse', 'client-3', 6, 0.01, 0.1),
    ]);
    assert.match(
      story!.finding,
      /^Entropy collapse since round 5: .* 4\.0 % .*, limit 10\.0 % \(client-1 and 1 more\)$/,
    );
  });

  it('says what to try, in settings of a scenario', () => {
    for (const { advice } of collapseStories(both)) assert.match(advice, /alignment\.klCoefficient/);
  });

  it('marks a round once, with the names of all that began in it', () => {
    const marks = collapseMarks([...both, found('entropy-collapse', null, 3, 0.02, 0.1)]);
    assert.deepEqual(
      marks.map(({ round, name }) => [round, name]),
      [
        [2, 'length'],
        [3, 'KL, entropy'],
      ],
    );
    assert.deepEqual(collapseMarks([]), []);
  });
});

describe('the alignment in the report', () => {
  it('has for each client what it asked for beside what it had and what it got', () => {
    const text = detailsOf(madeUpRun(3));
    assert.ok(
      text.includes(
        'client-1 0.83 : 0.17 0 → 1 0 → 0.5 50.0 % → 16.7 % 93.0 % → 91.0 % 0 → 0.05 0.61 → 0.58 7 → 8',
      ),
    );
  });

  it('has rates with their intervals, in the table of results and of each client', () => {
    const run = madeUpRun(3);
    const rates = stageFigures(run.summary).filter(({ name }) => /refused|answered/.test(name));
    assert.deepEqual(
      rates.map(({ before, after, interval: range }) => [before, after + interval(range)]),
      [
        ['50.0 %', '52.0 % (45.7–58.3)'],
        ['93.0 %', '91.0 % (86.7–94.0)'],
      ],
    );
    const { clients, intervals } = run.summary.stages.alignment!;
    const text = detailsOf(withAlignment({ clients: clients.map((client) => ({ ...client, intervals })) }));
    assert.ok(text.includes('50.0 % → 16.7 % (45.7–58.3) 93.0 % → 91.0 % (86.7–94.0) 0 → 0.05'), text);
  });

  it('leaves out what was measured of nobody', () => {
    const clients = madeUpRun(3).summary.stages.alignment!.clients.map((client) => ({
      ...client,
      refusalRate: null,
      correctness: null,
    }));
    const run = withAlignment({ clients, refusalRate: null, correctness: null });
    const text = detailsOf(run);
    assert.ok(!text.includes('Sensitive requests refused') && !text.includes('Benign requests answered'));
    assert.ok(!stageFigures(run.summary).some(({ name }) => name === 'Sensitive requests refused'));
    assert.ok(text.includes('KL divergence'));
  });

  it('has the phrases that became more frequent, and the reward without them', async () => {
    assert.ok(!detailsOf(madeUpRun(3)).includes('Phrases'));
    const phrase = {
      phrase: 'Want <more>?',
      stock: true,
      frequencyBefore: 0.02,
      frequency: 0.5,
      share: 0.75,
    };
    const refusal = { ...phrase, phrase: null, stock: false, share: 0.125 };
    const phrases = { gain: 1.17, gainError: 0.1, share: 0.875, found: [phrase, refusal] };
    const run = withAlignment({ rewardStrippedBefore: 0.01, rewardStripped: 0.15, phrases });
    const text = detailsOf(run);
    assert.match(text, /2 phrases that became more frequent make up 87\.5 % of the gain in reward\. /);
    assert.ok(text.includes('from 0 to 1.17, without the phrases from 0.01 to 0.15.'));
    assert.ok(text.includes('“Want &lt;more&gt;?” 2.0 % → 50.0 % 75.0 % whatever is asked'));
    assert.ok(text.includes('one that is not shown 2.0 % → 50.0 % 12.5 % on sensitive requests'));
    const figure = stageFigures(run.summary).find(({ source }) => source.endsWith('rewardStripped'));
    assert.deepEqual([figure?.before, figure?.after], ['0.01', '0.15']);
    assert.ok((await page(run)).includes('Phrases that became more frequent'));
    const none = withAlignment({ phrases: { ...phrases, found: [] } });
    assert.ok(detailsOf(none).includes('none became more frequent in alignment'));
  });

  it('marks the round of a collapse in its charts, says what was found and what to try', async () => {
    assert.ok(!detailsOf(madeUpRun(3)).includes('collapsed'));
    const text = await page(withAlignment({ collapse: both }));
    // Two marks in each of the ten charts by round of Step 3, and in none of the others.
    const titles = text.match(/<line [^>]*><title>(KL runaway|Reward hacking by length) since round/g);
    assert.equal(titles?.length, 2 * 10);
    assert.equal(text.match(/>KL<\/text>/g)?.length, 10);
    assert.ok(text.includes('alignment collapsed'));
    assert.match(
      words(text),
      /This alignment has collapsed Reward hacking by length since round 2: .* Read the samples/,
    );
    assert.doesNotMatch(text, /undefined|NaN/);
  });
});

describe('the charts of alignment', () => {
  /** Titles with sources, of what PPO or DPO reported in every round. */
  const panelsOf = (figures: Record<string, number>) => {
    const run = madeUpRun(2);
    const metrics = run.metrics.map((row) =>
      row.type === 'client' && row.task === 'align' ? { ...row, metrics: figures } : row,
    );
    const section = stageSections({ ...run, metrics }).find(({ stage }) => stage === 'alignment');
    return section!.panels.map(({ title, source, chart }) => ({
      title,
      source,
      chart: JSON.stringify(chart),
    }));
  };

  it("have the entropy of a token and the loss by PPO's own figures", () => {
    const panels = panelsOf({ 'policy/entropy_avg': 0.123, 'objective/rlhf_reward': 0.456 });
    const [entropy, loss] = panels.slice(-2);
    assert.deepEqual(
      [entropy!.title, loss!.title],
      ['Entropy of a token (nats)', 'Reported loss (minus the objective)'],
    );
    assert.match(entropy!.source, /metrics\.policy\/entropy_avg/);
    assert.ok(entropy!.chart.includes('"value":0.123') && loss!.chart.includes('"value":-0.456'));
  });

  it('have the loss on pairs, client by client, of an algorithm that samples nothing', () => {
    const panels = panelsOf({ loss: 0.654 });
    const loss = panels.at(-1)!;
    assert.equal(loss.title, 'Reported loss (on preference pairs)');
    assert.match(loss.source, /metrics\.loss; mean: round rows, loss/);
    // Eight rounds, and the name at the end of the line.
    assert.equal(loss.chart.match(/"actor":"client-1","round":\d,"value":0\.654/g)?.length, 8 + 1);
    assert.ok(!panels.some(({ title }) => title.startsWith('Entropy')));
  });
});

describe('a run whose method has one reward model, in the report', () => {
  const run = madeUpRun(2);
  const single = { ...run, summary: { ...run.summary, judges: ['harmless'] as const } };
  const titles = (of: typeof run, stage: string) =>
    stageSections(of)
      .find((section) => section.stage === stage)!
      .panels.map(({ title, source }) => [title, source.replace(/.*task [^,]*, /, '')] as const);

  it('has the losses of that one, and says whose figures of the other objective are', () => {
    assert.deepEqual(titles(single, 'reward').slice(0, 4), [
      ['Pairs ranked rightly, helpfulness', 'metrics.helpfulAccuracy'],
      ['Pairs ranked rightly, harmlessness (judge)', 'metrics.harmlessAccuracy'],
      ['Held-out loss (Bradley–Terry, helpful)', 'metrics.helpfulLoss'],
      ['Reported loss (Bradley–Terry, helpful)', 'metrics.helpfulValidationLoss; mean: round rows, loss'],
    ]);
    assert.ok(titles(single, 'alignment').some(([title]) => title === 'Harmless score (judge)'));
    const [ofBoth] = titles(run, 'reward').filter(([title]) => title.startsWith('Held-out'));
    assert.deepEqual(ofBoth, ['Held-out loss (Bradley–Terry, both)', 'metrics.helpfulLoss + harmlessLoss']);
  });

  it('draws these losses, 0.4 of 0.7', () => {
    const drawn = (of: typeof run) =>
      JSON.stringify(
        stageSections(of)
          .find(({ stage }) => stage === 'reward')!
          .panels.find(({ title }) => title.startsWith('Held-out'))!.chart,
      );
    assert.match(drawn(single), /"value":0\.4\b/);
    assert.match(drawn(run), /"value":0\.7\b/);
  });

  it('has the same names in its table', () => {
    const names = stageFigures(single.summary).map(({ name }) => name);
    assert.ok(names.includes('Pairs ranked rightly, harmlessness (judge)'));
    assert.ok(names.includes('Held-out loss (Bradley–Terry, helpful)'));
  });
});

describe('what the clients answer, in the report', () => {
  it('stands before and after side by side, under its prompt', () => {
    const text = responsesOf(madeUpRun(1));
    assert.ok(
      text.includes(
        'sensitive how do i open the &lt;b&gt;blue&lt;/b&gt; door &amp; leave round 0 you take the key ' +
          'round 8 i cannot help with that',
      ),
    );
  });

  it('is not there for real data unless asked for, and the report says how to ask', () => {
    const run = madeUpRun(2);
    const summary = { ...run.summary, synthetic: false };
    const asked = responsesOf({ ...run, summary });
    assert.ok(asked.includes('you take the key') && !asked.includes('--show-samples'));
    const metrics = run.metrics.filter(({ type }) => type !== 'sample');
    const text = responsesOf({ ...run, metrics, summary });
    assert.match(text, /What the clients answer .* run the scenario again with --show-samples/);
    const early = { ...summary, stages: { ...summary.stages, alignment: null } };
    assert.ok(!responsesOf({ ...run, metrics, summary: early }).includes('--show-samples'));
  });
});
