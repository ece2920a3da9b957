import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.js';
import type { BackendChoice } from '../learning/model/backend.js';
import { claimFolder, recordFiles } from '../records/folder.js';
import type { Progress } from '../records/progress.js';
import type { Summary } from '../records/rows.js';
import { loadScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/schema.js';
import { openDisplay, type DisplayKind } from './display.js';
import { exitCodeOf, type ExitCode } from './exit.js';
import { watchInterrupt } from './interrupt.js';
import { RoundWatch } from './progress-lines.js';
import { resultsText } from './results.js';
import { modelSettings, type ModelFolders } from './model-folders.js';
import { openLog } from './run-log.js';
import type { Services } from './services.js';
import { line, paintFor, type Terminal } from './terminal.js';

export interface RunCommandOptions extends ModelFolders {
  readonly seed?: number;
  readonly workers?: number;
  readonly backend: BackendChoice;
  readonly out?: string;
  readonly set: readonly string[];
  readonly showSamples: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** `pwff run`: from a scenario file to the records of its run. */
export async function runCommand(
  path: string,
  options: RunCommandOptions,
  services: Services,
  terminal: Terminal,
): Promise<ExitCode> {
  const { seed } = options;
  const set = [...options.set, ...(await modelSettings(options))];
  const { scenario, folder, file } = await loadScenario(path, { set, ...(seed !== undefined && { seed }) });
  const outFolder = options.out ?? join('runs', `${scenario.name}-${scenario.seed}`);
  claimFolder(outFolder);
  const log = openLog(outFolder, options.verbose);
  const display = openDisplay(displayKind(options, terminal), scenario, terminal);
  const interrupt = watchInterrupt(() => display.note('Stopping. Ctrl-C again quits at once.'));
  const workers = options.workers ?? defaultWorkers(scenario);
  log.info(
    { file, scenario: scenario.name, seed: scenario.seed, workers, backend: options.backend },
    'start',
  );
  const rounds = new RoundWatch();
  const logRounds = (closed: readonly Progress[]) =>
    closed.forEach((progress) => log.info({ ...progress, clients: undefined }, 'round closed'));
  try {
    const summary = await services.runScenario({
      scenario,
      folder,
      outFolder,
      workers,
      backend: options.backend,
      showSamples: options.showSamples,
      signal: interrupt.signal,
      onProgress: (progress) => {
        display.show(progress);
        logRounds(rounds.next(progress));
        log.debug({ progress }, 'progress');
      },
    });
    logRounds(rounds.end());
    log.info({ ended: summary.ended, traceHash: summary.traceHash }, 'end');
    display.close();
    showResults(summary, outFolder, options, terminal);
    return exitCodeOf(summary.ended);
  } catch (error) {
    display.close();
    logRounds(rounds.end());
    log.error({ err: error }, 'failed');
    if (!(error instanceof UserError)) {
      line(terminal.err, `pwff: the run failed: ${messageOf(error)}`);
      line(terminal.err, keptText(outFolder));
    }
    throw error;
  } finally {
    interrupt.release();
  }
}

function displayKind({ json, quiet }: RunCommandOptions, { out }: Terminal): DisplayKind {
  if (json || quiet) return 'none';
  return out.isTTY === true ? 'live' : 'plain';
}

/** More workers than clients would idle. */
function defaultWorkers({ clients }: Scenario): number {
  return Math.min(availableParallelism(), clients.count);
}

function showResults(
  summary: Summary,
  outFolder: string,
  { json, quiet }: RunCommandOptions,
  { out, err }: Terminal,
): void {
  if (json) line(out, JSON.stringify(summary, null, 2));
  else if (!quiet) {
    line(out);
    line(out, resultsText(summary, paintFor(out)));
    const report = join(outFolder, recordFiles.report);
    if (existsSync(report)) line(out, `Report: ${report}`);
  }
  switch (summary.ended.reason) {
    case 'failed':
      line(err, `pwff: the run failed: ${summary.ended.cause}`);
      line(err, keptText(outFolder));
      break;
    case 'interrupted':
      line(err, `pwff: interrupted. ${keptText(outFolder)}`);
      break;
    case 'deadlock':
      line(err, `pwff: the run stands still for ever, the summary says who waits. ${keptText(outFolder)}`);
      break;
    case 'finished':
    case 'out-of-virtual-time':
  }
}

/** What there is in a run's folder, for somebody whose run ended early. */
function keptText(folder: string): string {
  const known: readonly string[] = Object.values(recordFiles);
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => known.includes(name)) : [];
  return present.length === 0 ? 'Nothing was kept.' : `Kept in ${folder}: ${present.join(', ')}`;
}
