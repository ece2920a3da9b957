import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { objectives, type Objective } from '../src/learning/objective.js';
import { loadPreferences } from '../src/learning/data/preferences.js';
import { UserError } from '../src/errors.js';
import { selectBackend } from '../src/learning/model/backend.js';
import { studyPairs, type ObjectiveStudy } from './rewards/study.js';
import type { Share } from './rewards/wilson.js';

/*
 * What the reward models learn of real pairs, beside what they have to beat:
 *
 *     npm run rewards -- --data <folder>
 *
 * The folder holds helpful-pairs.jsonl.gz and harmless-pairs.jsonl.gz, hh-rlhf's JSON lines; --helpful and
 * --harmless name other files. No text of the pairs is printed. It takes some minutes: the base model reads
 * every answer once.
 */

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PWFF_DATA'] ?? '.' },
    helpful: { type: 'string' },
    harmless: { type: 'string' },
    pairs: { type: 'string', default: 'Infinity' },
    steps: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

async function pairsOf(objective: Objective) {
  const file = options[objective] ?? join(options.data, `${objective}-pairs.jsonl.gz`);
  return (await loadPreferences(file, objective)).rows.slice(0, Number(options.pairs));
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const interval = ({ share, low, high }: Share) => `${percent(share)} (${percent(low)} to ${percent(high)})`;

const lines: readonly (readonly [name: string, cell: (study: ObjectiveStudy) => string])[] = [
  ['pairs, training', ({ trainPairs }) => String(trainPairs)],
  ['pairs, held out by conversation', ({ testPairs }) => String(testPairs)],
  [
    'pairs cut to fit the model',
    ({ cutPairs, trainPairs, testPairs }) => {
      return percent(cutPairs / (trainPairs + testPairs));
    },
  ],
  ['reward model', ({ rewardModel }) => interval(rewardModel)],
  ['majority (by symmetry)', ({ majority }) => percent(majority)],
  ['length', ({ length }) => `${interval(length)}, ${length.prefers}`],
  ['bag of words', ({ bagOfWords }) => interval(bagOfWords)],
  ['calibration error, 10 bins', ({ calibrationError }) => calibrationError.toFixed(3)],
  ['Brier score (no idea: 0.25)', ({ brierScore }) => brierScore.toFixed(3)],
];

async function main(): Promise<void> {
  const [helpful, harmless] = [await pairsOf('helpful'), await pairsOf('harmless')];
  await selectBackend('auto');
  const study = await studyPairs(
    { helpful, harmless },
    { seed: Number(options.seed), steps: Number(options.steps) },
  );
  if (options.json) return console.log(JSON.stringify(study, null, 2));
  const table = new Table({
    head: ['held-out accuracy (95 %, Wilson)', ...objectives],
    style: { head: [], border: [] },
  });
  for (const [name, cell] of lines)
    table.push([name, ...objectives.map((objective) => cell(study[objective]))]);
  console.log(table.toString());
}

await main().catch((error: unknown) => {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
});
