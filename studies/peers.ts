import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { poolExecutor, type Executor } from '../src/learning/training/executor.js';
import { packageRoot } from '../src/paths.js';
import { readRun, type RunRecords } from '../src/records/read.js';
import { freshSeeds } from '../src/reproduction/seeds.js';
import { methodsFrom, pointsFrom, positivesFrom } from './choices.js';
import { differencesTable, figuresTable, type Group } from './methods/pages.js';
import { loadStudied, withRecords } from './one-run.js';
import { courseOf } from './peers/course.js';
import { columnsAt, type PeerFigures } from './peers/columns.js';
import { recorded } from './record.js';
import { remembering } from './remembering.js';
import { reported } from './reported.js';

/*
 * Methods of the field in the scenario `peers`, over seeds that no tuning saw: at the end of as many rounds, within
 * equal bits on the air, within equal joules of messages, and on clients that come when training is over.
 *
 *     npm run peers
 *     npm run peers -- --only pwff --dial model.lora.r=2,8,32 --dial instruction.loraLearningRateScale=0.25,1
 *
 * It goes on from its record, which several processes can fill at a time.
 */

const compared =
  'pwff,vanilla-fl,fedada,fedit,local-only,ffa-lora,fedsa-lora,rolora,flora,fedex-lora,feddpa-f,feddpa-t,fedprox,' +
  'ditto,fedrep,apfl,pfedme,scaffold,feddyn,pwff-swapped,pwff-two-loras';

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'peers' },
    seeds: { type: 'string', default: '11,12,13,14,15' },
    only: { type: 'string', default: compared },
    dial: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    /** Budgets, in Mbit on the air and in joules. */
    megabits: { type: 'string', default: '20,60' },
    joules: { type: 'string', default: '10,30' },
    record: { type: 'string', default: join(packageRoot(), 'studies/records/peers.jsonl') },
  },
});

async function figuresOf(changes: readonly string[], seed: number, executor: Executor): Promise<PeerFigures> {
  const studied = { scenario: options.scenario, seed, changes };
  const { scenario } = await loadStudied(studied);
  return recorded<PeerFigures>(options.record, { scenario, changes }, async () => {
    console.error(`seed ${seed}: ${changes.join(' ')}`);
    return withRecords(studied, async (folder) => finished(await readRun(folder)), executor);
  });
}

function finished(records: RunRecords): PeerFigures {
  const { ended, seed, method, stages, overfitting } = records.summary;
  if (ended.reason !== 'finished') throw new Error(`${method}, seed ${seed}: ended: ${ended.reason}`);
  return {
    instruction: stages.instruction,
    newcomers: overfitting?.newcomers ?? null,
    course: courseOf(records),
  };
}

async function groupsOf(seeds: readonly number[]) {
  const groups = pointsFrom(options.dial).flatMap((point) =>
    methodsFrom(options.only).map(({ name }) => ({ point, method: name, runs: [] as PeerFigures[] })),
  );
  const pool = poolExecutor(1, 'wasm');
  // Nothing is remembered: it keeps the pool open from run to run.
  const lasting = remembering(pool, []);
  try {
    for (const seed of seeds) {
      for (const { point, method, runs } of groups) {
        runs.push(await figuresOf([...options.set, ...point, `method=${method}`], seed, lasting));
      }
    }
  } finally {
    await pool.close();
  }
  return groups satisfies readonly Group<PeerFigures>[];
}

async function main(): Promise<void> {
  const seeds = freshSeeds(options.seeds);
  const budgets = {
    megabits: positivesFrom('megabits', options.megabits),
    joules: positivesFrom('joules', options.joules),
  };
  const groups = await groupsOf(seeds);
  const columns = columnsAt(budgets);
  console.log(`${options.scenario}, seeds ${seeds.join(', ')}: means ± 95 % (Student)\n`);
  console.log(figuresTable(groups, columns));
  const table = differencesTable(groups, columns, 'pwff');
  if (table !== '') console.log(`By seed; bold where the interval leaves out 0:\n\n${table}`);
}

await reported(main);
