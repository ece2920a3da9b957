import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import type { BackendChoice } from '../learning/model/backend.js';
import { loadScenario } from '../scenario/load.js';
import { parseSetting } from '../scenario/set-option.js';
import { shown } from '../settings/problem.js';
import { knownStudy, StudyFolder } from '../study/folder.js';
import { loadStudy, studyAt, type LoadedStudy } from '../study/load.js';
import { distinct, planOf, type Plan } from '../study/plan.js';
import { shareOf, type Shard, type StudyOptions } from '../study/run-study.js';
import { seedsFrom } from '../study/seeds.js';
import { slurmScript } from '../study/slurm.js';
import { gridFrom } from '../study/vary-option.js';
import { executorArgs, executorChoice, type ExecutorOptions } from './executor-options.js';
import { exit, type ExitCode } from './exit.js';
import { endText, planText } from './sweep-text.js';
import { line, type Terminal } from './terminal.js';
import { tellFailures, watchedStudy } from './watched-study.js';

export interface SweepCommandOptions extends ExecutorOptions {
  readonly vary: readonly string[];
  readonly seeds?: string;
  readonly set: readonly string[];
  readonly out?: string;
  readonly jobs?: number;
  readonly workers?: number;
  readonly backend: BackendChoice;
  readonly shard?: string;
  readonly retry: boolean;
  readonly dryRun: boolean;
  readonly emit?: 'slurm';
  readonly tasks?: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `pwff sweep`: many runs of one scenario, claimed one by one in a folder that processes can share. */
export async function sweepCommand(
  path: string,
  options: SweepCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const executor = executorChoice(options);
  const computing = { backend: options.backend, ...(executor && { executor }) };
  const shard = options.shard === undefined ? undefined : shardFrom(options.shard);
  const study = await studyOf(path, options);
  const out = options.out ?? join('runs', `sweep-${study.study.name}`);
  if (options.emit !== undefined) return emit(path, options, await planOf(study, computing), out, terminal);
  if (options.dryRun) return dryRun(await planOf(study, computing), shard, out, options, terminal);
  const { jobs, workers, retry } = options;
  return run(study, options, terminal, {
    ...{ out, retry, ...computing },
    ...(jobs !== undefined && { jobs }),
    ...(workers !== undefined && { workers }),
    ...(shard !== undefined && { shard }),
  });
}

/** The study of a file; or the one that options make of a scenario. */
async function studyOf(path: string, options: SweepCommandOptions): Promise<LoadedStudy> {
  const found = await studyAt(path);
  const { vary, seeds, set } = options;
  if (found === null) {
    const { scenario } = await loadScenario(path, { set });
    const grid = gridFrom(vary);
    return loadStudy({
      name: sweepName(scenario.name, [...vary, ...set]),
      scenario: path,
      ...(set.length > 0 && { set: valuesOf(set) }),
      ...(vary.length > 0 && { vary: { grid } }),
      ...(seeds !== undefined && { seeds: [...seedsFrom(seeds)] }),
    });
  }
  if (vary.length > 0) {
    throw new UserError(
      `--vary: stands beside the study ${path}, expected one of them; the file says what varies`,
    );
  }
  if (seeds === undefined && set.length === 0) return found;
  return {
    ...found,
    study: {
      ...found.study,
      set: { ...found.study.set, ...valuesOf(set) },
      ...(seeds !== undefined && { seeds: [...seedsFrom(seeds)] }),
    },
  };
}

/** By the scenario, and by a few digits of the hash of what is varied, so that one sweep is not taken for another. */
function sweepName(scenario: string, changes: readonly string[]): string {
  if (changes.length === 0) return scenario;
  return `${scenario}-${createHash('sha256').update(changes.join('\n')).digest('hex').slice(0, 8)}`;
}

function valuesOf(set: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(set.map(parseSetting).map(({ path, value }) => [path.join('.'), value]));
}

export function shardFrom(text: string): Shard {
  const [, index = NaN, of = NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new UserError(`--shard: is ${shown(text)}, expected a part and how many there are, from 1/4 to 4/4`);
}

function emit(
  path: string,
  options: SweepCommandOptions,
  plan: Plan,
  out: string,
  { out: stream }: Terminal,
): ExitCode {
  const { vary, set, seeds, backend, retry, jobs = 1 } = options;
  const args = [
    path,
    ...vary.flatMap((each) => ['--vary', each]),
    ...set.flatMap((each) => ['--set', each]),
    ...(seeds === undefined ? [] : ['--seeds', seeds]),
    ...(backend === 'auto' ? [] : ['--backend', backend]),
    ...(retry ? ['--retry'] : []),
    ...executorArgs(options),
  ];
  const tasks = Math.min(options.tasks ?? mostTasks, distinct(plan.runs).length);
  // Slurm opens its logs before the first line of the script runs, in a folder that is there.
  StudyFolder.open(out, plan);
  stream.write(slurmScript({ name: plan.name, out, tasks, cores: jobs, folder: process.cwd(), args }));
  return exit.ok;
}

/** Slurm's MaxArraySize is 1001 where nobody has set it: indices to 1000 (slurm.conf(5)). */
const mostTasks = 1000;

function dryRun(
  plan: Plan,
  shard: Shard | undefined,
  out: string,
  { json }: SweepCommandOptions,
  { out: stream }: Terminal,
): ExitCode {
  const folder = knownStudy(out) === null ? null : StudyFolder.open(out, plan);
  const runs = shareOf(distinct(plan.runs), shard).map((each) => {
    const isDone = folder?.isDone(each) ?? false;
    const hasFailed = !isDone && (folder?.failureOf(each) ?? null) !== null;
    return { ...each, state: isDone ? 'done' : hasFailed ? 'failed' : 'left' } as const;
  });
  line(stream, json ? JSON.stringify(runs, null, 2) : planText(runs, out));
  return exit.ok;
}

async function run(
  study: LoadedStudy,
  { json, quiet }: SweepCommandOptions,
  terminal: Terminal,
  options: StudyOptions,
): Promise<ExitCode> {
  const { outcome, code } = await watchedStudy(study, options, json || quiet, terminal);
  if (json) line(terminal.out, JSON.stringify(outcome, null, 2));
  else if (!quiet) line(terminal.out, endText(outcome));
  tellFailures(outcome, terminal);
  return code;
}
