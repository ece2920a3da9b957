import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFigures, type RunFigures } from '../src/comparison/figure.js';
import { poolExecutor, type Executor } from '../src/learning/training/executor.js';
import type { TaskKind } from '../src/learning/training/task.js';
import { packageRoot } from '../src/paths.js';
import { readRun, type RunRecords } from '../src/records/read.js';
import type { Method } from '../src/strategies/methods/method.js';
import { freshSeeds } from '../src/reproduction/seeds.js';
import { methodsFrom, pointsFrom } from './choices.js';
import { columns } from './methods/columns.js';
import { differencesTable, figuresTable, type Group } from './methods/pages.js';
import { loadStudied, withRecords } from './one-run.js';
import { recorded } from './record.js';
import { remembering } from './remembering.js';
import { reported } from './reported.js';

/*
 * Method against method, over seeds that no tuning saw: means with 95 % intervals, and what each method has more than
 * PWFF and than local tuning by seed. With --dial the same at each of several values of a setting:
 *
 *     npm run methods -- --only pwff,vanilla-fl,local-only
 *     npm run methods -- --stages all --only pwff,sfl,local-only
 *     npm run methods -- --dial data.synthetic.styleStrength=0,0.5,1 --only pwff,vanilla-fl,local-only
 *
 * It goes on from its record, which several processes can fill at a time.
 */

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'quickstart' },
    seeds: { type: 'string', default: '11,12,13,14,15' },
    stages: { type: 'string', default: 'instruction' },
    only: { type: 'string', default: '' },
    dial: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    record: { type: 'string', default: join(packageRoot(), 'studies/records/methods.jsonl') },
  },
});

const references = ['pwff', 'local-only'];
const purposes: readonly TaskKind[] = ['instruct', 'aggregate', 'evaluate', 'reward', 'rewardTest', 'freeze'];

/** Of stages: "all", or those of a run, between commas. */
function stagesSetting(stages: string): readonly string[] {
  return stages === 'all' ? [] : [`stages=${JSON.stringify(stages.split(','))}`];
}

async function figuresOf(changes: readonly string[], seed: number, executor: Executor): Promise<RunFigures> {
  const studied = { scenario: options.scenario, seed, changes };
  const { scenario } = await loadStudied(studied);
  return recorded<RunFigures>(options.record, { scenario, changes }, async () => {
    console.error(`seed ${seed}: ${changes.join(' ')}`);
    return withRecords(studied, async (folder) => finished(await readRun(folder)), executor);
  });
}

function finished(records: RunRecords): RunFigures {
  const { ended, seed, method } = records.summary;
  if (ended.reason !== 'finished') throw new Error(`${method}, seed ${seed}: ended: ${ended.reason}`);
  return runFigures(records);
}

async function groupsOf(methods: readonly Method[], seeds: readonly number[]) {
  const groups = pointsFrom(options.dial).flatMap((point) =>
    methods.map(({ name }) => ({ point, method: name, runs: [] as RunFigures[] })),
  );
  const pool = poolExecutor(1, 'wasm');
  try {
    for (const seed of seeds) {
      // Methods that differ in later stages alone have the same tasks before them.
      let memory = remembering(pool, purposes);
      for (const [at, { point, method, runs }] of groups.entries()) {
        if (groups[at - 1]?.point !== point) memory = remembering(pool, purposes);
        const changes = [...stagesSetting(options.stages), ...options.set, ...point, `method=${method}`];
        runs.push(await figuresOf(changes, seed, memory));
      }
    }
  } finally {
    await pool.close();
  }
  return groups satisfies readonly Group<RunFigures>[];
}

async function main(): Promise<void> {
  const seeds = freshSeeds(options.seeds);
  const groups = await groupsOf(methodsFrom(options.only), seeds);
  console.log(
    `${options.scenario}, stages ${options.stages}, seeds ${seeds.join(', ')}: means ± 95 % (Student)\n`,
  );
  console.log(figuresTable(groups, columns));
  for (const reference of references) {
    const table = differencesTable(groups, columns, reference);
    if (table !== '') console.log(`By seed; bold where the interval leaves out 0:\n\n${table}`);
  }
}

await reported(main);
