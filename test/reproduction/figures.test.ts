import assert from 'node:assert/strict';
import type { ComparedRun } from '../../src/comparison/read-runs.js';
import type { Asked } from '../../src/reproduction/contenders.js';
import { figureChart } from '../../src/reproduction/figure-chart.js';
import { reproductionJson } from '../../src/reproduction/json.js';
import { reproductionPage } from '../../src/reproduction/page.js';
import { payloadsOf } from '../../src/reproduction/payloads.js';
import { openRasterizer } from '../../src/reproduction/png.js';
import { presetNames, type ReproductionPreset } from '../../src/reproduction/presets.js';
import { reproductionOf, type Reproduction } from '../../src/reproduction/reproduction.js';
import { meansTable, valuesTable } from '../../src/reproduction/tables.js';
import { csvOfTable } from '../../src/comparison/data-table.js';
import { loadScenario } from '../../src/scenario/load.js';
import type { MethodName } from '../../src/strategies/methods/index.js';

const seeds = [11, 12, 13, 14, 15];
const asked: Asked = { figures: ['fig4'], seeds, others: [], scenario: 'quickstart', set: [] };

/** Own accuracies by method and seed. */
const accuracies = {
  pwff: [0.81, 0.79, 0.84, 0.8, 0.83],
  'vanilla-fl': [0.86, 0.83, 0.89, 0.86, 0.88],
  fedada: [0.78, 0.77, 0.79, 0.8, 0.78],
  fedlora: [0.8, 0.79, 0.82, 0.79, 0.8],
} as const satisfies Partial<Record<MethodName, readonly number[]>>;

type Contender = keyof typeof accuracies;
const contenders = Object.keys(accuracies) as readonly Contender[];

async function runsOf(method: Contender): Promise<readonly ComparedRun[]> {
  const { scenario } = await loadScenario('quickstart', {
    set: [`method=${method}`, 'stages=["instruction"]'],
  });
  return seeds.map((seed, index) => ({
    run: `${method}-${seed}`,
    seed,
    scenario: { ...scenario },
    figures: {
      accuracy: accuracies[method][index]!,
      sharedAccuracy: accuracies[method][index]! / 2,
      instructionRounds: 8,
      instructionDelaySecondsPerRound: 1.5 + index / 10,
    },
    origin: { version: '0.1.0', backend: 'wasm', learning: 'real', endedBy: 'finished' },
  }));
}

interface Figure {
  readonly mean: number;
  readonly ci95: readonly [number, number];
  readonly seeds: readonly number[];
  readonly values: readonly number[];
}

interface Document {
  readonly fig4: Readonly<Record<string, Readonly<Record<string, Figure>>>>;
  readonly closedForms: {
    readonly fig4: Readonly<Record<string, Readonly<Record<string, { mean: number | null }>>>>;
  };
  readonly differences: {
    readonly fig4: Readonly<
      Record<string, Readonly<Record<string, { ci95: number[]; mean: number; p: number; pHolm: number }>>>
    >;
  };
}

function near(found: number | null | undefined, expected: number): void {
  assert.ok(typeof found === 'number' && Math.abs(found / expected - 1) < 1e-7, `${found}, not ${expected}`);
}

describe('the figures of a reproduction', function () {
  this.timeout(60_000);
  let runs: readonly ComparedRun[];
  before(async () => {
    runs = (await Promise.all(contenders.map(runsOf))).flat();
  });

  const made = new Map<ReproductionPreset, Promise<Reproduction>>();
  async function madeOf(preset: ReproductionPreset, order = runs): Promise<Reproduction> {
    return reproductionOf(order, await payloadsOf(contenders, asked, preset), asked, preset);
  }
  function reproduction(preset: ReproductionPreset = 'embedded'): Promise<Reproduction> {
    const known = made.get(preset) ?? madeOf(preset);
    made.set(preset, known);
    return known;
  }
  const documentOf = async (preset?: ReproductionPreset) =>
    JSON.parse(reproductionJson(await reproduction(preset))) as Document;

  it('have means and Student’s intervals as SciPy has them', async () => {
    const { fig4 } = await documentOf();
    // SciPy 1.17.1: np.mean(x), stats.t.interval(.95, 4, loc=np.mean(x), scale=stats.sem(x)) of pwff and of vanilla-fl
    const [own, all] = [fig4['pwff']!['accuracy']!, fig4['vanilla-fl']!['accuracy']!];
    near(own.mean, 0.814);
    near(own.ci95[0], 0.7882523073207093);
    near(own.ci95[1], 0.8397476926792908);
    near(all.mean, 0.864);
    near(all.ci95[0], 0.8354147480901298);
    near(all.ci95[1], 0.8925852519098704);
    assert.deepEqual([own.seeds, own.values], [seeds, accuracies.pwff]);
  });

  it('have paired differences to PWFF, and p by Holm', async () => {
    const { differences } = await documentOf();
    const of = (method: Contender) => differences.fig4[method]!['accuracy']!;
    // d = np.array(x) - pwff; d.mean(), stats.t.interval(.95, 4, loc=d.mean(), scale=stats.sem(d)) of vanilla-fl
    near(of('vanilla-fl').mean, 0.05);
    near(of('vanilla-fl').ci95[0], 0.041220109669149144);
    near(of('vanilla-fl').ci95[1], 0.058779890330850806);
    // p = [stats.ttest_rel(x, pwff).pvalue for x in (vanilla, fedada, fedlora)]
    // statsmodels.stats.multitest.multipletests(p, method='holm')[1] (0.15.0)
    const expected = {
      'vanilla-fl': [9.349274639994502e-5, 2.8047823919983506e-4],
      fedada: [0.034109423167409524, 0.06821884633481905],
      fedlora: [0.05160595781117446, 0.06821884633481905],
    };
    for (const [method, [p, pHolm]] of Object.entries(expected)) {
      near(of(method as Contender).p, p!);
      near(of(method as Contender).pHolm, pHolm!);
    }
    assert.equal(differences.fig4['pwff'], undefined);
  });

  it('have keys in a fixed order, whatever the order of the runs', async () => {
    const text = reproductionJson(await reproduction());
    assert.equal(reproductionJson(await madeOf('embedded', [...runs].reverse())), text);
    const document = JSON.parse(text) as Document & Record<string, unknown>;
    assert.deepEqual(Object.keys(document), [
      ...['format', 'preset', 'label', 'scenario', 'seeds', 'tuningSeeds', 'notes', 'fig4'],
      ...['closedForms', 'differences', 'uploadSecondsPerRound'],
    ]);
    assert.deepEqual(Object.keys(document.fig4), [...contenders, 'local-only', 'centralised']);
    for (const method of Object.values(document.fig4)) {
      assert.deepEqual(Object.keys(method), ['accuracy', 'sharedAccuracy', 'delaySecondsPerRound']);
      for (const figure of Object.values(method)) {
        assert.deepEqual(Object.keys(figure), ['mean', 'ci95', 'seeds', 'values']);
      }
    }
  });

  it('take delays from the runs under embedded, and from messages of the paper’s sizes else', async () => {
    const [embedded, literal, energy] = await Promise.all(presetNames.map(documentOf));
    const delay = (document: Document | undefined, method: Contender) =>
      document!.fig4[method]!['delaySecondsPerRound']!.mean;
    near(delay(embedded, 'pwff'), 1.7);
    assert.ok(
      delay(literal, 'fedlora') > 8 * delay(literal, 'pwff'),
      'rank 96: LoRA alone is dearest but for all',
    );
    assert.ok(delay(energy, 'fedlora') < delay(energy, 'pwff'), 'rank 8: LoRA alone is cheapest');
    assert.equal(delay(literal, 'fedada'), delay(literal, 'pwff'), 'equal messages meet equal fades');
    near(literal!.fig4['pwff']!['accuracy']!.mean, 0.814);
  });

  it('have a closed form within the interval of what was drawn', async () => {
    const { fig4, closedForms } = await documentOf('paper-energy');
    for (const method of contenders) {
      const [low, high] = fig4[method]!['delaySecondsPerRound']!.ci95;
      const expected = closedForms.fig4[method]!['delaySecondsPerRound']!.mean!;
      assert.ok(low <= expected && expected <= high, `${method}: ${expected} is not in ${low}–${high}`);
    }
  });

  it('say in every label whose learning it is, and what is on the air', async () => {
    for (const preset of presetNames) {
      const found = await reproduction(preset);
      const { label } = JSON.parse(reproductionJson(found)) as { label: string };
      assert.match(label, /^learning.*: embedded model/);
      const page = await reproductionPage(found, 'pwff reproduce fig4');
      const chart = figureChart(found.figures[0]!, found) as unknown as { title: { subtitle: string } };
      assert.equal(chart.title.subtitle, label);
      assert.ok(page.split(label).length > 3, 'above the page, the figure and the table');
      assert.match(page, /stage 1 \(Steps 1\.1–1\.5\)/);
      assert.match(page, /paired t-test, two-sided, corrected by Holm/);
      assert.match(page, /seeds 11, 12, 13, 14, 15/);
      assert.match(page, /tuned\s+for each method on seeds 101 and 102/);
      assert.doesNotMatch(page, /(?:src|href)="http/);
    }
  });

  it('are CSV too: a line for each mean, and for each value', async () => {
    const found = await reproduction();
    const means = csvOfTable(meansTable(found)).trimEnd().split('\r\n');
    assert.equal(means.length, 1 + 3 * 6);
    assert.match(means[0]!, /^figure,method,quantity,n,mean,low,high,closedForm,difference,.*,p,pHolm$/);
    assert.match(means[1]!, /^fig4,pwff,accuracy,5,0\.81/);
    const values = csvOfTable(valuesTable(found)).trimEnd().split('\r\n');
    assert.equal(values.length, 1 + 3 * 4 * 5);
    assert.equal(values[1], 'fig4,pwff,accuracy,11,0.81');
  });
});

describe('PNG files', () => {
  it('are not written without the package, which is said in one line with what to do', async () => {
    const found = await openRasterizer(() => Promise.reject(new Error('Cannot find package')));
    assert.equal(
      found,
      'PNG files are not written: @resvg/resvg-js cannot be loaded (Cannot find package); ' +
        '"npm install @resvg/resvg-js" brings it, and the SVG files are there',
    );
  });

  it('are drawn where the package is', async function () {
    const draw = await openRasterizer();
    if (typeof draw === 'string') {
      console.log(`      skipped: ${draw}`);
      return this.skip();
    }
    const bytes = draw('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="5"></svg>');
    assert.deepEqual([...bytes.slice(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    // IHDR: the width, at two pixels a unit.
    assert.equal(new DataView(bytes.buffer, bytes.byteOffset).getUint32(16), 20);
  });
});
