import { openRun } from './open-run.js';
import type { RunOptions } from './options.js';
import type { Summary } from '../records/rows.js';
import { messageTotals, stageSummaries } from '../records/summarize.js';
import { simulate } from './simulate.js';

/**
 * Runs a scenario from Step 1.1 to its end and leaves the records in `outFolder`. Resolves with the summary
 * however the run ended (`ended.reason`); rejects with a UserError before it starts where the scenario's
 * files do not serve.
 */
export async function runScenario(options: RunOptions): Promise<Summary> {
  const startedAt = performance.now();
  const { scenario, signal, onProgress } = options;
  const run = await openRun(options);
  try {
    const { world } = run;
    const simulated = await simulate(world, {
      ...(signal ? { signal } : {}),
      ...(onProgress
        ? { onEvent: (states) => onProgress(run.watch.progress(world.clock.nowSeconds, states)) }
        : {}),
    });
    const { metrics, messages } = run.written;
    const summary: Summary = {
      scenario: scenario.name,
      seed: scenario.seed,
      method: scenario.method,
      backend: run.fingerprint.name,
      synthetic: run.data.synthetic,
      traceHash: run.traceHash(),
      virtualSeconds: world.clock.nowSeconds,
      wallSeconds: (performance.now() - startedAt) / 1e3,
      ended: simulated.ended,
      stages: stageSummaries({
        metrics,
        messages,
        clients: [...world.clients.values()],
        collapse: scenario.alignment.collapse,
      }),
      messages: messageTotals(messages),
    };
    await run.finish(summary, simulated);
    return summary;
  } finally {
    await run.close();
  }
}
