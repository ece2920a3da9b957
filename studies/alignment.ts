import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { openRunWithRows } from '../src/run/open-with-rows.js';
import { phraseFigures } from '../src/records/phrases.js';
import type { ClientRow, MetricRow } from '../src/records/rows.js';
import { pooledSpearman, spearman } from '../src/records/rank-correlation.js';
import { loadScenario } from '../src/scenario/load.js';
import { simulate } from '../src/run/simulate.js';
import { studentQuantile } from '../src/student.js';
import { mean, variance } from '../src/moments.js';
import { poolExecutor } from '../src/learning/training/executor.js';
import { bestOf } from './best-of.js';
import { remembering } from './remembering.js';

/*
 * What alignment comes to, over several seeds and ways of aligning, with 95 % intervals:
 *
 *     npm run alignment -- --seeds 1,2,3,4,5 --json alignment.json
 *
 * Everything but Step 3 is computed once per seed where it is the same.
 */

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'quickstart' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    only: { type: 'string', default: '' },
    set: { type: 'string', multiple: true, default: [] },
    samples: { type: 'string', default: '16' },
    json: { type: 'string' },
  },
});

const variants: Readonly<Record<string, readonly string[]>> = {
  'PPO, both rewards': [],
  'PPO, one reward (sfl)': ['method=sfl'],
  'rewarded soups': ['alignment.algorithm=rewarded-soups'],
  // It has neither critics to warm up nor anything to rehearse, and runs away at the quickstart's rate.
  'multi-objective DPO': [
    'alignment.algorithm=modpo',
    'alignment.criticWarmupSteps=0',
    'alignment.ptxCoefficient=0',
    'alignment.learningRate=0.001',
  ],
};

/**
 * Figures of one run, means over the clients. A rise is the last round's figure less the one before
 * alignment.
 */
interface Figures {
  readonly rewardRise: number;
  /** The reward rise without stock phrases, those that became more frequent; NaN where the run did not check. */
  readonly rewardRiseWithoutPhrases: number;
  /** The most that a single phrase explains of the reward rise; 0 where none became more frequent. */
  readonly largestPhraseShare: number;
  readonly totalRise: number;
  /** Over the clients, of refusals and weight of harmlessness. */
  readonly spearman: number;
  readonly clients: number;
  readonly correctnessChange: number;
  readonly refusalRate: number;
  readonly kl: number;
  /**
   * The rise that the best of so many samples of the policy before alignment would bring; NaN if not asked.
   */
  readonly ceiling: number;
}

const executor = poolExecutor(availableParallelism(), 'wasm');
const folder = mkdtempSync(join(tmpdir(), 'pwff-alignment-'));
const results: Record<string, Figures[]> = {};
try {
  for (const seed of options.seeds.split(',').map(Number)) {
    const memory = remembering(executor, ['instruct', 'evaluate', 'reward', 'rewardTest', 'freeze']);
    for (const [name, set] of Object.entries(variants)) {
      if (!name.includes(options.only)) continue;
      const figures = await aligned(seed, [...options.set, ...set], memory);
      (results[name] ??= []).push(figures);
      console.log(`seed ${seed}, ${name}: ${brief(figures)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await executor.close();
}
show(results);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);

async function aligned(
  seed: number,
  set: readonly string[],
  memory: ReturnType<typeof remembering>,
): Promise<Figures> {
  const { scenario, folder: at } = await loadScenario(options.scenario, { seed, set });
  const run = await openRunWithRows({
    scenario,
    folder: at,
    outFolder: mkdtempSync(join(folder, 'run-')),
    workers: availableParallelism(),
    backend: 'wasm',
    executor: memory,
  });
  const { ended } = await simulate(run.world);
  if (ended.reason !== 'finished') throw new Error(`seed ${seed} ended: ${ended.reason}`);
  const clients = [...run.world.clients.values()];
  const rows = run.written.metrics.filter(
    (row): row is ClientRow => row.type === 'client' && row.task === 'score',
  );
  const ofClient = clients.map(({ id }) => rows.filter(({ actor }) => actor === id));
  const figureAt = (figure: string, at: 0 | -1) =>
    mean(ofClient.map((own) => own.at(at)!.metrics[figure] ?? NaN));
  const rise = (figure: string) => figureAt(figure, -1) - figureAt(figure, 0);
  const samples = Number(options.samples);
  const weights = new Map(clients.map(({ id, ownWeights }) => [id, ownWeights]));
  return {
    rewardRise: rise('reward'),
    ...withoutPhrases(run.written.metrics),
    totalRise: rise('helpful') + rise('harmless'),
    spearman:
      spearman(
        clients.map(({ ownWeights: { harmless } }, i) => [
          harmless,
          ofClient[i]!.at(-1)!.metrics['refusalRate'] ?? NaN,
        ]),
      ) ?? NaN,
    clients: clients.length,
    correctnessChange: rise('correctness'),
    refusalRate: figureAt('refusalRate', -1),
    kl: figureAt('klK1', -1),
    ceiling: samples > 0 ? await bestOf(samples, memory.requests('freeze'), weights) : NaN,
  };
}

/** The reward rise without stock phrases, and the most that one of them explains of the whole rise. */
function withoutPhrases(rows: readonly MetricRow[]) {
  const { rewardStripped, rewardStrippedBefore, phrases } = phraseFigures(rows);
  return {
    rewardRiseWithoutPhrases: (rewardStripped ?? NaN) - (rewardStrippedBefore ?? NaN),
    largestPhraseShare: Math.max(0, ...(phrases?.found.map(({ share }) => share ?? NaN) ?? [NaN])),
  };
}

function brief(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${(value as number).toFixed(3)}`)
    .join(', ');
}

function show(all: Readonly<Record<string, readonly Figures[]>>): void {
  const names = (Object.keys(Object.values(all)[0]?.[0] ?? {}) as (keyof Figures)[]).filter(
    (name) => name !== 'clients',
  );
  const table = new Table({ head: ['', ...names], style: { head: [], border: [] } });
  for (const [variant, runs] of Object.entries(all)) {
    table.push([variant, ...names.map((name) => (name === 'spearman' ? pooled(runs) : meanOf(runs, name)))]);
  }
  console.log(table.toString());
}

/** Rank correlations are pooled as Fisher's z: they are bounded, and far from normal near their ends. */
function pooled(runs: readonly Figures[]): string {
  const { rho, interval } = pooledSpearman(
    runs.map(({ spearman }) => spearman),
    runs[0]!.clients,
  );
  const range = interval && ` (${interval.low.toFixed(3)} to ${interval.high.toFixed(3)})`;
  return `${rho.toFixed(3)}${range ?? ''}`;
}

function meanOf(runs: readonly Figures[], name: keyof Figures): string {
  const values = runs.map((run) => run[name]);
  const center = mean(values).toFixed(3);
  if (values.length < 2) return center;
  const half = studentQuantile(values.length - 1) * Math.sqrt(variance(values, 1) / values.length);
  return `${center} ± ${half.toFixed(3)}`;
}
