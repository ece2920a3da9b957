import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sum } from '../src/moments.js';
import { packageRoot } from '../src/paths.js';
import type { Summary } from '../src/records/rows.js';
import { runScenario } from '../src/run/run.js';
import { loadScenario } from '../src/scenario/load.js';

/*
 * The figures of docs/findings.md: scenarios of stage 1 over three seeds on which nothing was tuned, one run after the
 * other. Prints a table of Markdown. Scenarios can be named: npm run findings -- churn stragglers
 */

const scenarios = [
  'sync-baseline.json',
  'async-fedasync.json',
  'async-fedbuff.json',
  'semi-async-safa.json',
  'stragglers.json',
  'lossy-async.json',
  'fair-selection.json',
  'poisoned-client.json',
  'churn.json',
  'scripted.ts',
];
const seeds = [11, 12, 13];

async function summaryOf(file: string, seed: number): Promise<Summary> {
  const outFolder = mkdtempSync(join(tmpdir(), 'pwff-findings-'));
  try {
    const loaded = await loadScenario(join(packageRoot(), 'scenarios', file), { seed });
    return await runScenario({ ...loaded, outFolder, workers: 1, backend: 'wasm' });
  } finally {
    rmSync(outFolder, { recursive: true, force: true });
  }
}

function rowOf(name: string, summaries: readonly Summary[]): string {
  const first = summaries.map(({ stages }) => stages.instruction!);
  const reached = first.map(({ toTarget }) => toTarget!.reached);
  const cells = [
    name,
    spread(
      first.map(({ accuracy }) => 100 * accuracy!),
      1,
    ),
    spread(
      reached.map((one) => one?.virtualSeconds ?? null),
      1,
    ),
    spread(
      reached.map((one) => one?.energyJoules ?? null),
      1,
    ),
    spread(
      summaries.map(({ virtualSeconds }) => virtualSeconds),
      0,
    ),
    spread(
      summaries.map(({ messages }) => messages.energyJoules),
      0,
    ),
    spread(
      summaries.map(({ fairness }) => fairness.participation),
      2,
    ),
    spread(summaries.map(meanStaleness), 2),
    spread(
      summaries.map(({ messages }) => messages.dropped),
      0,
    ),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Versions that the averaged updates of stage 1 were behind, in the mean; null where none was averaged. */
function meanStaleness({ staleness }: Summary): number | null {
  const counted = staleness.instruction;
  const updates = sum(counted.map(({ updates }) => updates));
  return updates === 0 ? null : sum(counted.map(({ versions, updates }) => versions * updates)) / updates;
}

/** Mean over the seeds, with the least and the greatest; a dash for a seed that has none. */
function spread(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return values.map((value) => value?.toFixed(digits) ?? '–').join(', ');
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const mean = (sum(known) / known.length).toFixed(digits);
  return least === greatest ? mean : `${mean} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
}

const head = [
  'scenario',
  'accuracy, %',
  'seconds to 80 %',
  'joules to 80 %',
  'seconds',
  'joules',
  'participation (Jain)',
  'mean staleness',
  'dropped',
];

process.stdout.write(`| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n`);
const wanted = process.argv.slice(2);
for (const file of scenarios) {
  const name = file.replace(/\.\w+$/, '');
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const summaries: Summary[] = [];
  for (const seed of seeds) summaries.push(await summaryOf(file, seed));
  process.stdout.write(`${rowOf(name, summaries)}\n`);
}
