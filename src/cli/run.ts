import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { messageOf, UserError } from '../errors.js';
import type { BackendChoice } from '../learning/model/backend.js';
import { backendOf } from '../records/manifest.js';
import { executorOf, openExecutor, type ExecutorChoice } from '../run/executors.js';
import { checkFolder, manifestIn } from '../records/folder.js';
import type { InspectionChoice } from '../records/inspection-choice.js';
import type { ParamsChoice } from '../records/params-choice.js';
import type { Progress } from '../records/progress.js';
import type { RunObserver } from '../records/run-event.js';
import type { RunEstimate } from '../run/estimate.js';
import type { RunOptions } from '../run/options.js';
import { loadAgain } from '../scenario/load-again.js';
import { loadScenario, type LoadedScenario } from '../scenario/load.js';
import type { Scenario } from '../scenario/schema.js';
import { displayKind, openDisplay } from './display.js';
import { defaultFolder } from './default-folder.js';
import { estimateText } from './estimate-text.js';
import { executorChoice, type ExecutorOptions } from './executor-options.js';
import { exit, exitCodeOf, type ExitCode } from './exit.js';
import type { Inspector } from './inspect/inspector.js';
import { openInspector, type InspectOptions } from './inspect/open.js';
import { watchInterrupt } from './interrupt.js';
import { modelSettings, type ModelFolders } from './model-folders.js';
import { livePage, type LivePage } from './page/live.js';
import { showChecks } from './checks.js';
import { showEnd, showFailure, showResults, showWarnings } from './run-end.js';
import { RunLog } from './run-log.js';
import type { Services } from './services.js';
import { line, type Terminal } from './terminal.js';

export interface RunCommandOptions extends ModelFolders, InspectOptions, ExecutorOptions {
  readonly seed?: number;
  readonly workers?: number;
  readonly backend: BackendChoice;
  readonly out?: string;
  readonly set: readonly string[];
  readonly showSamples: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Port of the run's page, 0: any; absent: no page. */
  readonly ui?: number | true;
  /** Whether the run waits for its page before the first event. */
  readonly paused: boolean;
  readonly inspection: InspectionChoice;
  readonly params: ParamsChoice;
  /** Whether a broken expectation fails the command. */
  readonly check: boolean;
  /** Where the timeline goes for other viewers. */
  readonly traceEvents?: string;
  /** Folder of a stopped run to go on with, in place of a scenario. */
  readonly resume?: string;
  /** Folder whose tasks answer those of this run, and that keeps what it computes. */
  readonly cache?: string;
  /** Whether finished tasks are kept, so that the run can be gone on with. */
  readonly journal: boolean;
}

/** `pwff run`: from a scenario file to the records of its run. */
export async function runCommand(
  path: string | undefined,
  options: RunCommandOptions,
  services: Services,
  terminal: Terminal,
): Promise<ExitCode> {
  const { loaded, outFolder, backend, executor } = await whatToRun(path, options);
  const { scenario, folder, file, script } = loaded;
  checkFolder(outFolder);
  const page = await openPage(options, terminal);
  const shows = displayKind(options, terminal);
  const display = openDisplay(shows, scenario, terminal);
  for (const note of replacing(outFolder, scenario)) display.note(note);
  const interrupt = watchInterrupt(() => display.note('Stopping. Ctrl-C again quits at once.'));
  const workers = options.workers ?? defaultWorkers(scenario);
  const { showSamples, verbose, inspection, params } = options;
  const settings = {
    ...{ workers, backend, fleet: scenario.limits.fleet },
    say: (note: string) => display.note(note),
    signal: interrupt.signal,
  };
  // How fast workers elsewhere are, nobody here can tell.
  const estimates = shows !== 'none' && options.resume === undefined && executor?.name !== 'bullmq';
  const warnings: string[] = [];
  interrupt.signal.addEventListener('abort', () => page?.release());
  const log = new RunLog({
    folder: outFolder,
    verbose,
    start: {
      file: path ?? file ?? outFolder,
      scenario: scenario.name,
      seed: scenario.seed,
      workers,
      backend,
    },
    onError: (warning) => warnings.push(warning),
  });
  let inspector: Inspector | null = null;
  try {
    inspector = await openInspector(options, (note) =>
      options.json ? line(terminal.err, note) : display.note(note),
    );
    if (options.inspectWait) await inspector?.attached(interrupt.signal);
    const { ended, checks, unwritten } = await services.runScenario({
      ...{ scenario, folder, outFolder, workers, backend, showSamples, inspection, params },
      ...(executor && { executor: () => openExecutor(executor, settings) }),
      signal: interrupt.signal,
      ...(options.resume !== undefined && { resume: 'must' }),
      journal: journalOf(options),
      ...(estimates && {
        onEstimate: (estimate: RunEstimate) => display.note(estimateText(estimate, workers)),
      }),
      ...(shows !== 'none' && { onProgress: (progress: Progress) => display.show(progress) }),
      script,
      observers: [
        log,
        ...(page ? [page.observer] : []),
        ...(options.resume === undefined
          ? []
          : [begins(() => display.note(`Goes on with the run in ${outFolder}.`))]),
      ],
      ...(page && { before: page.before }),
      ...(inspector && { inspect: inspector.inspect }),
      onSummary: (summary) => {
        page?.end(summary);
        log.end(summary);
        display.close();
        showResults(summary, options, terminal);
      },
    });
    if (options.traceEvents !== undefined) await exportTimeline(outFolder, options.traceEvents, warnings);
    for (const { file, cause } of unwritten) warnings.push(`${file} is not written (${cause})`);
    showEnd(ended, outFolder, options, terminal);
    showWarnings(warnings, terminal);
    const broken = showChecks(checks, options, terminal);
    const code = exitCodeOf(ended, interrupt.exitCode());
    return code === exit.ok && (warnings.length > 0 || broken) ? exit.failed : code;
  } catch (error) {
    display.close();
    if (interrupt.signal.aborted && error === interrupt.signal.reason) {
      line(terminal.err, 'pwff: interrupted before the run began. Nothing was written.');
      return interrupt.exitCode();
    }
    log.failed(error);
    if (!(error instanceof UserError)) showFailure(messageOf(error), outFolder, terminal);
    throw error;
  } finally {
    await page?.close(interrupt.signal);
    await inspector?.close();
    interrupt.release();
  }
}

/** Hears that a run begins: nothing can refuse it any more. */
function begins(say: () => void): RunObserver {
  return {
    next: ({ type }) => {
      if (type === 'manifest') say();
    },
  };
}

interface ToRun {
  readonly loaded: LoadedScenario;
  /** Where the records go. */
  readonly outFolder: string;
  readonly backend: BackendChoice;
  readonly executor: ExecutorChoice | undefined;
}

/** The scenario of the command line, or that of a run which was stopped, on its backend. */
async function whatToRun(path: string | undefined, options: RunCommandOptions): Promise<ToRun> {
  const { resume, seed, out, backend } = options;
  const set = [...options.set, ...(await modelSettings(options))];
  if (resume !== undefined) {
    if (path !== undefined || seed !== undefined || out !== undefined || set.length > 0) {
      throw new UserError(
        '--resume: goes on with a run as it began, expected neither a scenario nor settings, --seed, models or --out',
      );
    }
    const loaded = await loadAgain(resume);
    const { manifest } = loaded;
    return {
      ...{ loaded, outFolder: resume },
      executor: executorChoice(options, executorOf(manifest)),
      backend: backend === 'auto' ? backendOf(manifest) : backend,
    };
  }
  if (path === undefined) {
    throw new UserError(
      'pwff run: has no <scenario>, expected a JSON, YAML or TypeScript file, or "quickstart"; write pwff run ' +
        '[options] <scenario>, or pwff run --resume <folder>',
    );
  }
  const loaded = await loadScenario(path, { set, ...(seed !== undefined && { seed }) });
  const outFolder = out ?? defaultFolder(loaded.scenario, set);
  return { loaded, outFolder, backend, executor: executorChoice(options) };
}

function journalOf({ cache, journal }: RunCommandOptions): NonNullable<RunOptions['journal']> {
  if (cache !== undefined) return { folder: cache };
  return journal ? 'run' : 'none';
}

/** A run that has ended stays what it is, where its timeline cannot be written. */
async function exportTimeline(outFolder: string, file: string, warnings: string[]): Promise<void> {
  try {
    const [{ writeTraceEvents }, { readRun }] = [
      await import('./export.js'),
      await import('../records/read.js'),
    ];
    writeTraceEvents(file, await readRun(outFolder));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warnings.push(error.message);
  }
}

/** The page of the run, where one is asked for; UserError where its port cannot be had. */
async function openPage(
  { ui, paused: isPaused }: Pick<RunCommandOptions, 'ui' | 'paused'>,
  { err }: Terminal,
): Promise<LivePage | null> {
  if (ui === undefined) return null;
  return livePage({ port: ui === true ? 0 : ui, isPaused, say: (text) => line(err, text) });
}

/** Says that a run of other settings makes room. */
function replacing(folder: string, scenario: Scenario): string[] {
  const earlier = manifestIn(folder);
  if (earlier === null || isDeepStrictEqual(earlier.scenario, JSON.parse(JSON.stringify(scenario))))
    return [];
  const { name, method, seed } = earlier.scenario;
  return [`Replaces a run with other settings in ${folder} (${name}, method ${method}, seed ${seed}).`];
}

/** More workers than clients would idle. */
function defaultWorkers({ clients }: Scenario): number {
  return Math.min(availableParallelism(), clients.count);
}
