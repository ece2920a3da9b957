import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../src/errors.js';
import type { Ended } from '../src/records/rows.js';
import { openRunWithRows, type OpenRunWithRows } from '../src/run/open-with-rows.js';
import { simulate } from '../src/run/simulate.js';
import { loadScenario, type LoadedScenario } from '../src/scenario/load.js';
import { livenessProblem, whenWell } from './liveness.js';
import type { DrawnMishaps } from './mishaps.js';
import type { Written } from './random-scenario.js';

/** What a scenario came to. */
export interface Outcome {
  /** "refused", or the reason for which its run ended. */
  readonly end: string;
  readonly traceHash: string;
  /** Rounds that had to have an answer, as all was well. */
  readonly roundsWhenWell: number;
}

const refused: Outcome = { end: 'refused', traceHash: '', roundsWhenWell: 0 };

/** Loads a scenario as a file is loaded, and runs it in a folder; throws where it broke a promise. */
export async function outcomeOf(written: Written, folder: string, mishaps?: DrawnMishaps): Promise<Outcome> {
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(written));
  const loaded = await loadScenario(file).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
  if (loaded === null) return refused;
  const outFolder = join(folder, 'run');
  if (existsSync(outFolder)) rmSync(outFolder, { recursive: true });
  return outcomeOfRun(loaded, outFolder, mishaps);
}

async function outcomeOfRun(
  { scenario, folder, script }: LoadedScenario,
  outFolder: string,
  mishaps?: DrawnMishaps,
): Promise<Outcome> {
  const run = await openRunWithRows(
    { scenario, folder, outFolder, workers: 1, backend: 'wasm', script },
    mishaps,
  );
  try {
    const { ended } = await simulate(run.world, { script, ...(mishaps && { before: mishaps.before }) });
    if (ended.reason === 'failed') throw new Error(ended.cause);
    if (ended.reason === 'livelock') throw new Error(`a livelock: ${JSON.stringify(ended.repeating)}`);
    if (ended.reason === 'deadlock') refuseUnexplained(run, ended);
    const { metrics, messages } = run.written;
    for (const row of [...metrics, ...messages]) refuseNonFinite(row);
    const problem = livenessProblem(scenario, ended, metrics);
    if (problem !== null) throw new Error(problem);
    return {
      end: ended.reason,
      traceHash: run.traceHash(),
      roundsWhenWell: whenWell(scenario, metrics).length,
    };
  } finally {
    await run.close();
  }
}

/**
 * A server waits for ever only without a deadline, for a client that was silent or off, or whose message was given
 * up.
 */
function refuseUnexplained(
  { world, written }: OpenRunWithRows,
  { waiting }: Ended & { reason: 'deadlock' },
): void {
  const { clients, stages, ...scenario } = world.scenario;
  const isEndless = stages.some((stage) => scenario[stage].deadlineSeconds === null);
  const isSilent = clients.availability < 1;
  const isLost = written.messages.some(({ outcome }) => outcome === 'dropped');
  const wasOff = written.metrics.some(({ type }) => type === 'presence');
  if (isEndless && (isSilent || isLost || wasOff)) return;
  throw new Error(`a deadlock without a reason: ${JSON.stringify(waiting)}`);
}

function refuseNonFinite(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`a row has the number ${value}`);
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseNonFinite);
}
