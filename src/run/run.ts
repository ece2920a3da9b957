import { join } from 'node:path';
import { recordFiles } from '../records/folder.js';
import { writeParams } from '../records/params.js';
import { writeReport } from '../records/report/report.js';
import type { Ended, Summary } from '../records/rows.js';
import { messageTotals, stageSummaries } from '../records/summarize.js';
import { openRun, type OpenRun } from './open-run.js';
import type { RunOptions } from './options.js';
import { simulate } from './simulate.js';

/**
 * Runs a scenario from Step 1.1 to its end and leaves the records in `outFolder`. Resolves with the summary
 * however the run ended (`ended.reason`); rejects with a UserError before it starts where the scenario's
 * files cannot be used.
 */
export async function runScenario(options: RunOptions): Promise<Summary> {
  const startedAt = performance.now();
  const run = await openRun(options);
  try {
    const { ended, ...models } = await simulate(run.world, options.signal);
    const summary = summaryOf(run, ended, (performance.now() - startedAt) / 1e3);
    writeParams(join(options.outFolder, recordFiles.params), run.world.store, models);
    run.records.summary(summary);
    await writeReport(options.outFolder);
    return summary;
  } finally {
    await run.close();
  }
}

function summaryOf(run: OpenRun, ended: Ended, wallSeconds: number): Summary {
  const { scenario, clock, clients } = run.world;
  const { metrics, messages } = run.written;
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    method: scenario.method,
    backend: run.fingerprint.name,
    synthetic: run.manifest.synthetic,
    traceHash: run.traceHash(),
    virtualSeconds: clock.nowSeconds,
    wallSeconds,
    ended,
    notes: run.notes(),
    stages: stageSummaries({
      metrics,
      clients: [...clients.values()],
      collapse: scenario.alignment.collapse,
    }),
    messages: messageTotals(messages),
  };
}
