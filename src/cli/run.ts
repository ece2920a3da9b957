import { existsSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { messageOf, UserError } from '../errors.js';
import type { BackendChoice } from '../learning/model/backend.js';
import { checkFolder, manifestIn, recordFiles } from '../records/folder.js';
import type { Summary } from '../records/rows.js';
import { loadScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/schema.js';
import { openDisplay, type DisplayKind } from './display.js';
import { defaultFolder } from './default-folder.js';
import { exit, exitCodeOf, type ExitCode } from './exit.js';
import { watchInterrupt } from './interrupt.js';
import { roundWatch } from './progress-lines.js';
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
  const outFolder = options.out ?? defaultFolder(scenario, set);
  checkFolder(outFolder);
  const display = openDisplay(displayKind(options, terminal), scenario, terminal);
  for (const note of replacing(outFolder, scenario)) display.note(note);
  const interrupt = watchInterrupt(() => display.note('Stopping. Ctrl-C again quits at once.'));
  const workers = options.workers ?? defaultWorkers(scenario);
  let log = null as Logger | null;
  const isNews = roundWatch();
  const warnings: string[] = [];
  // The log is the run's: it is opened when the run begins, after an earlier one's was removed.
  const openRunLog = () => {
    log = openLog(outFolder, options.verbose, (cause) => warnings.push(cause));
    log.info(
      { file, scenario: scenario.name, seed: scenario.seed, workers, backend: options.backend },
      'start',
    );
  };
  try {
    const { unwritten, ...summary } = await services.runScenario({
      scenario,
      folder,
      outFolder,
      workers,
      backend: options.backend,
      showSamples: options.showSamples,
      signal: interrupt.signal,
      observers: [{ name: recordFiles.log, next: ({ type }) => void (type === 'manifest' && openRunLog()) }],
      onProgress: (progress) => {
        display.show(progress);
        if (isNews(progress)) log?.info({ ...progress, clients: undefined }, 'round closed');
        log?.debug({ progress }, 'progress');
      },
      onSummary: ({ ended, traceHash, ...rest }) => {
        log?.info({ ended, traceHash }, 'end');
        display.close();
        showResults({ ended, traceHash, ...rest }, options, terminal);
      },
    });
    for (const { file, cause } of unwritten) warnings.push(`${file} is not written (${cause})`);
    showEnd(summary, outFolder, options, terminal);
    showWarnings(warnings, terminal);
    const code = exitCodeOf(summary.ended, interrupt.exitCode());
    return code === exit.ok && warnings.length > 0 ? exit.failed : code;
  } catch (error) {
    display.close();
    if (interrupt.signal.aborted && error === interrupt.signal.reason) {
      line(terminal.err, 'pwff: interrupted before the run began. Nothing was written.');
      return interrupt.exitCode();
    }
    log?.error({ err: error }, 'failed');
    if (!(error instanceof UserError)) {
      line(terminal.err, `pwff: the run failed: ${messageOf(error)}`);
      line(terminal.err, keptText(outFolder));
    }
    throw error;
  } finally {
    interrupt.release();
  }
}

/** Says that a run of other settings makes room. */
function replacing(folder: string, scenario: Scenario): string[] {
  const earlier = manifestIn(folder);
  if (earlier === null || isDeepStrictEqual(earlier.scenario, JSON.parse(JSON.stringify(scenario))))
    return [];
  const { name, method, seed } = earlier.scenario;
  return [`Replaces a run with other settings in ${folder} (${name}, method ${method}, seed ${seed}).`];
}

function displayKind({ json, quiet }: RunCommandOptions, { out }: Terminal): DisplayKind {
  if (json || quiet) return 'none';
  return out.isTTY === true ? 'live' : 'plain';
}

/** More workers than clients would idle. */
function defaultWorkers({ clients }: Scenario): number {
  return Math.min(availableParallelism(), clients.count);
}

function showResults(summary: Summary, { json, quiet }: RunCommandOptions, { out }: Terminal): void {
  if (json) line(out, JSON.stringify(summary, null, 2));
  else if (!quiet) {
    line(out);
    line(out, resultsText(summary, paintFor(out)));
  }
}

/** Where the report is, and what there is to be said of a run that did not finish. */
function showEnd(
  { ended }: Summary,
  outFolder: string,
  { json, quiet }: RunCommandOptions,
  { out, err }: Terminal,
): void {
  const report = join(outFolder, recordFiles.report);
  if (!json && !quiet && existsSync(report)) line(out, `Report: ${report}`);
  switch (ended.reason) {
    case 'failed':
      line(err, `pwff: the run failed: ${ended.cause}`);
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

const mostWarnings = 5;

function showWarnings(warnings: readonly string[], { err }: Terminal): void {
  for (const warning of warnings.slice(0, mostWarnings)) line(err, `pwff: ${warning}`);
  const rest = warnings.length - mostWarnings;
  if (rest > 0) line(err, `pwff: nor are ${rest} more files written`);
}

/** What there is in a run's folder, for somebody whose run ended early. */
function keptText(folder: string): string {
  const known: readonly string[] = Object.values(recordFiles);
  const present = existsSync(folder) ? readdirSync(folder).filter((name) => known.includes(name)) : [];
  return present.length === 0 ? 'Nothing was kept.' : `Kept in ${folder}: ${present.join(', ')}`;
}
