import { join } from 'node:path';
import { sum } from '../src/moments.js';
import { packageRoot } from '../src/paths.js';
import type { StalenessCount, Summary } from '../src/records/summary.js';
import { summaryOf } from './one-run.js';
import { spread, tableHead, tableRow, type Column } from './tables.js';

/*
 * The figures of docs/findings.md: scenarios of stage 1 and their controls over three seeds on which nothing was
 * tuned, one run after the other. Prints two tables of Markdown. Scenarios can be named, each brings its controls
 * along: npm run findings -- churn fair-selection
 */

/** A scenario, or a control: the same file with some settings changed, each as `path=value`. */
interface Row {
  readonly name: string;
  readonly file: string;
  readonly changes: readonly string[];
}

/** As many updates as the scenario has, in more and smaller versions: the slow lag further. */
const thirdOfSafa = ['server.discipline.quota=0.33', 'instruction.maxRounds=24'];

const rows: readonly Row[] = [
  { name: 'sync-baseline', file: 'sync-baseline.json', changes: [] },
  { name: 'async-fedasync', file: 'async-fedasync.json', changes: [] },
  { name: 'async-fedbuff', file: 'async-fedbuff.json', changes: [] },
  { name: 'semi-async-safa', file: 'semi-async-safa.json', changes: [] },
  {
    name: 'semi-async-safa, quota of a third, bound 8',
    file: 'semi-async-safa.json',
    changes: [...thirdOfSafa, 'server.maxStaleness=8', 'server.aggregation.bound=8'],
  },
  {
    name: 'semi-async-safa, quota of a third, bound 1',
    file: 'semi-async-safa.json',
    changes: [...thirdOfSafa, 'server.maxStaleness=1', 'server.aggregation.bound=1'],
  },
  { name: 'stragglers', file: 'stragglers.json', changes: [] },
  { name: 'lossy-async', file: 'lossy-async.json', changes: [] },
  {
    name: 'lossy-async, in rounds',
    file: 'lossy-async.json',
    changes: [
      'server.discipline=synchronous',
      'server.aggregation=fedavg',
      'server.maxStaleness=null',
      'instruction.maxRounds=8',
    ],
  },
  { name: 'fair-selection', file: 'fair-selection.json', changes: [] },
  ...['round-robin', 'random', 'by-channel'].map((selection) => ({
    name: `fair-selection, ${selection}`,
    file: 'fair-selection.json',
    changes: [`server.selection=${selection}`],
  })),
  { name: 'poisoned-client', file: 'poisoned-client.json', changes: [] },
  {
    name: 'poisoned-client, no attack',
    file: 'poisoned-client.json',
    changes: ['clients.poisoned=null'],
  },
  {
    name: 'poisoned-client, plain mean',
    file: 'poisoned-client.json',
    changes: ['server.aggregation=uniform'],
  },
  { name: 'churn', file: 'churn.json', changes: [] },
  { name: 'scripted', file: 'scripted.ts', changes: [] },
];
const seeds = [11, 12, 13];

const wanted = process.argv.slice(2);
const chosen = rows.filter(({ file }) => wanted.length === 0 || wanted.includes(file.replace(/\.\w+$/, '')));

const columns: readonly Column<Summary>[] = [
  { head: 'accuracy, %', digits: 1, of: ({ stages }) => 100 * stages.instruction!.accuracy! },
  { head: 'seconds to 80 %', digits: 1, of: (summary) => reached(summary)?.virtualSeconds ?? null },
  { head: 'joules to 80 %', digits: 1, of: (summary) => reached(summary)?.energyJoules ?? null },
  { head: 'seconds', digits: 0, of: ({ virtualSeconds }) => virtualSeconds },
  { head: 'joules', digits: 0, of: ({ messages }) => messages.energyJoules },
  { head: 'participation (Jain)', digits: 2, of: ({ fairness }) => fairness.participation },
  { head: 'mean staleness', digits: 2, of: meanStaleness },
  { head: 'dropped', digits: 0, of: ({ messages }) => messages.dropped },
];

const stalenessBands = [
  { head: '0', least: 0, most: 0 },
  { head: '1', least: 1, most: 1 },
  { head: '2', least: 2, most: 2 },
  { head: '3–5', least: 3, most: 5 },
  { head: '6 and more', least: 6, most: Infinity },
];

function reached({ stages }: Summary) {
  return stages.instruction!.toTarget!.reached;
}

/** Versions that the averaged updates of stage 1 were behind, in the mean; null where none was averaged. */
function meanStaleness({ staleness }: Summary): number | null {
  const counted = staleness.instruction;
  const updates = updatesOf(counted);
  return updates === 0 ? null : sum(counted.map(({ versions, updates }) => versions * updates)) / updates;
}

function updatesOf(counted: readonly StalenessCount[]): number {
  return sum(counted.map(({ updates }) => updates));
}

/** Averaged updates of stage 1 by versions behind, over all seeds: a cell for each band. */
function stalenessCells(summaries: readonly Summary[]): string[] {
  const counted = summaries.flatMap(({ staleness }) => staleness.instruction);
  return stalenessBands.map(({ least, most }) =>
    String(updatesOf(counted.filter(({ versions }) => versions >= least && versions <= most))),
  );
}

const out = (text: string) => process.stdout.write(text);

out(tableHead(['scenario', ...columns.map(({ head }) => head)]));
const stalenessRows: string[][] = [];
for (const { name, file, changes } of chosen) {
  const scenario = join(packageRoot(), 'scenarios', file);
  const summaries: Summary[] = [];
  for (const seed of seeds) summaries.push(await summaryOf({ scenario, seed, changes }));
  out(tableRow([name, ...columns.map(({ digits, of }) => spread(summaries.map(of), digits))]));
  stalenessRows.push([name, ...stalenessCells(summaries)]);
}
out('\n');
out(tableHead(['averaged updates so many versions behind', ...stalenessBands.map(({ head }) => head)]));
for (const row of stalenessRows) out(tableRow(row));
