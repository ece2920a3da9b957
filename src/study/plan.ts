import { createHash } from 'node:crypto';
import { UserError } from '../errors.js';
import type { BackendChoice } from '../learning/model/backend.js';
import { canonicalJson } from '../records/exact-json.js';
import type { ExecutorChoice } from '../run/executors.js';
import type { LoadedScenario } from '../scenario/load.js';
import { loadBase, type Base } from './base.js';
import type { LoadedStudy } from './load.js';
import { pointsOf, type Point } from './points.js';
import type { PointSettings } from './random-search.js';
import { firstSeeds } from './seeds.js';
import type { Study } from './study.js';

/** One run of a study before it is done. */
export interface PlannedRun {
  /** Label of its point. */
  readonly point: string;
  /** What makes its point: values by path. */
  readonly settings: PointSettings;
  readonly seed: number;
  /**
   * The first twelve hexadecimal digits of the SHA-256 of its whole scenario and what it runs on: equal runs are one,
   * and a changed scenario makes another run.
   */
  readonly id: string;
  /** Name of its folder. */
  readonly name: string;
  /** Changes to the base scenario, each as `path=value`. */
  readonly set: readonly string[];
}

/** What computes the tasks of runs. */
export interface Computing {
  readonly backend: BackendChoice;
  /** Absent: threads of the run's process. */
  readonly executor?: ExecutorChoice;
}

/** What results depend on: a queue gives those of one process. */
const backendOf = ({ backend, executor }: Computing) => (executor?.name === 'python' ? 'python' : backend);

/** All runs of a study in their order, each seed of a point after another. */
export interface Plan {
  readonly name: string;
  readonly base: Base;
  readonly backend: ReturnType<typeof backendOf>;
  /** One for each point and seed; two that would be the same run have one id, one name and one folder. */
  readonly runs: readonly PlannedRun[];
}

/**
 * Plans a study: every point's scenario is loaded and checked. UserError that names the point where a scenario
 * is refused, before anything runs.
 */
export async function planOf({ study, base, origin }: LoadedStudy, computing: Computing): Promise<Plan> {
  const points = placedIn(origin, () => pointsOf(study.vary));
  const runs: (readonly PlannedRun[])[] = [];
  // One after the other: each may read the folder of a model.
  for (const point of points) runs.push(await runsOf(study, base, point, computing));
  return { name: study.name, base, backend: backendOf(computing), runs: sharing(runs.flat()) };
}

async function runsOf(
  study: Study,
  base: Base,
  point: Point,
  computing: Computing,
): Promise<readonly PlannedRun[]> {
  const set = Object.entries({ ...study.set, ...point.settings }).map(
    ([path, value]) => `${path}=${JSON.stringify(value)}`,
  );
  const loaded = await loadPoint(base, set, point);
  return seedsOf(study, loaded).map((seed) => {
    const id = idOf({ ...loaded, scenario: { ...loaded.scenario, seed } }, computing);
    const { label, settings } = point;
    return { point: label, settings, seed, id, set, name: `${fileName(label)}-seed-${seed}-${id}` };
  });
}

function seedsOf({ seeds }: Study, { scenario }: LoadedScenario): readonly number[] {
  if (seeds === undefined) return [scenario.seed];
  return typeof seeds === 'number' ? firstSeeds(seeds) : seeds;
}

async function loadPoint(base: Base, set: readonly string[], { label }: Point): Promise<LoadedScenario> {
  const option = label === 'base' ? 'study' : `point ${label}`;
  try {
    return await loadBase(base, { set, option });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const lines = error.message.split('\n');
    throw new UserError(
      lines.map((line) => (line.includes(option) ? line : `${option}: ${line}`)).join('\n'),
    );
  }
}

/** The id of a run; its description says nothing about it. */
export function idOf(
  { scenario: { description: _, ...scenario }, script }: Pick<LoadedScenario, 'scenario' | 'script'>,
  computing: Computing,
): string {
  const backend = backendOf(computing);
  const plain = JSON.parse(JSON.stringify({ scenario, script: script.sha256, backend })) as unknown;
  return createHash('sha256').update(canonicalJson(plain, 'run')).digest('hex').slice(0, 12);
}

/** Runs that are the same have the folder of the first of them. */
function sharing(runs: readonly PlannedRun[]): readonly PlannedRun[] {
  const names = new Map<string, string>();
  return runs.map((run) => {
    const name = names.get(run.id) ?? run.name;
    names.set(run.id, name);
    return { ...run, name };
  });
}

/** Each run once. */
export function distinct<Run extends { readonly id: string }>(runs: readonly Run[]): readonly Run[] {
  return [...new Map([...runs].reverse().map((run) => [run.id, run])).values()].reverse();
}

/** A label as a part of a file's name. */
function fileName(label: string): string {
  return label
    .replace(/[^\w.=+-]+/g, '_')
    .replaceAll('=', '-')
    .slice(0, 80)
    .replace(/^[._-]+|[._-]+$/g, '');
}

function placedIn<T>(origin: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${origin}: ${error.message}`) : error;
  }
}
