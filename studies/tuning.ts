import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { poolExecutor, type Executor } from '../src/learning/training/executor.js';
import { packageRoot } from '../src/paths.js';
import type { Method } from '../src/strategies/methods/method.js';
import { tuningSeeds } from '../src/reproduction/seeds.js';
import { seedsFrom } from '../src/study/seeds.js';
import { methodsFrom, positivesFrom } from './choices.js';
import { loadStudied } from './one-run.js';
import { recorded } from './record.js';
import { remembering } from './remembering.js';
import { reported } from './reported.js';
import { alikeInStageOne, budgetOf, configurationsOf, type Grid, type Rates } from './tuning/grid.js';
import type { ValidationFigures } from './tuning/choice.js';
import { methodSettingsOf, tuningPage, type TriedOfMethods } from './tuning/pages.js';
import { validated } from './tuning/validated.js';

/*
 * Tunes the rates of stage 1 for every method with one budget, by one criterion: the least loss of the clients' models,
 * at the end of the stage, on their own validation rows. Test rows are not looked at. Prints all configurations as
 * Markdown, and what was chosen as the scenario's `methodSettings`:
 *
 *     npm run tuning
 *     npm run tuning -- --only fedlora,shepherd
 *
 * It goes on from its record, which several processes can fill at a time.
 */

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'quickstart' },
    seeds: { type: 'string', default: tuningSeeds.join(',') },
    rates: { type: 'string', default: '0.003,0.006,0.012' },
    scales: { type: 'string', default: '0.25,1' },
    only: { type: 'string', default: '' },
    set: { type: 'string', multiple: true, default: [] },
    record: { type: 'string', default: join(packageRoot(), 'studies/records/tuning.jsonl') },
  },
});

/** Figures of one run, from the record or by running it. */
async function figuresOf(method: Method, rates: Rates, seed: number, executor: Executor) {
  const changes = [
    // Neither the protocol nor what is measured at the end depends on how often is measured.
    ...['stages=["instruction"]', 'measure.every=1000000', ...options.set, `method=${method.name}`],
    ...Object.entries(rates).map(([key, value]) => `instruction.${key}=${value}`),
  ];
  const loaded = await loadStudied({ scenario: options.scenario, seed, changes });
  return recorded<ValidationFigures>(options.record, { scenario: loaded.scenario, changes }, async () => {
    console.error(`${method.name}, ${JSON.stringify(rates)}, seed ${seed}`);
    return validated(loaded, executor);
  });
}

async function triedOf(methods: readonly Method[], grid: Grid, seeds: readonly number[]) {
  const found = new Map(
    methods.map((method) => {
      const tried = configurationsOf(method, grid).map((rates) => ({
        rates,
        figures: [] as ValidationFigures[],
      }));
      return [method.name, tried] as const;
    }),
  );
  const pool = poolExecutor(1, 'wasm');
  try {
    for (const alike of alikeInStageOne(methods)) {
      for (const [at, rates] of configurationsOf(alike[0]!, grid).entries()) {
        for (const seed of seeds) {
          const memory = remembering(pool, ['instruct', 'aggregate', 'evaluate']);
          for (const method of alike) {
            found.get(method.name)![at]!.figures.push(await figuresOf(method, rates, seed, memory));
          }
        }
      }
    }
  } finally {
    await pool.close();
  }
  return found satisfies TriedOfMethods;
}

async function main(): Promise<void> {
  const grid = {
    rates: positivesFrom('rates', options.rates),
    scales: positivesFrom('scales', options.scales),
  };
  const seeds = seedsFrom(options.seeds);
  const tried = await triedOf(methodsFrom(options.only), grid, seeds);
  const budget = `${budgetOf(grid)} configurations × seeds ${seeds.join(', ')}`;
  console.log(
    `${options.scenario}, stage 1: ${budget} for every method; chosen by the least validation loss\n`,
  );
  console.log(tuningPage(tried));
  console.log(JSON.stringify({ methodSettings: methodSettingsOf(tried) }, null, 2));
}

await reported(main);
