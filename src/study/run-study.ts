import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.js';
import type { BackendChoice } from '../learning/model/backend.js';
import type { ExecutorChoice } from '../run/executors.js';
import { Claims, type Claim } from './claims.js';
import { crewFor, type Crew } from './crew.js';
import { StudyFolder, studyFolders } from './folder.js';
import type { Failure } from './study-file.js';
import { Lane } from './lane.js';
import { loadStudy, type LoadedStudy } from './load.js';
import { distinct, planOf, type Computing, type Plan, type PlannedRun } from './plan.js';
import { reachExecutor, withoutEchoes } from './reach-executor.js';
import { Standing, type StudyProgress } from './standing.js';
import type { Study } from './study.js';

export interface StudyOptions {
  /** The folder of the study; several processes may share it. */
  readonly out: string;
  /** Runs at a time (default: what `crewFor` chooses by cores and runs). */
  readonly jobs?: number;
  /** Worker threads of each run (default: as `crewFor` shares the cores). Results do not depend on it. */
  readonly workers?: number;
  /** Of TensorFlow.js (default: "auto"). */
  readonly backend?: BackendChoice;
  /** Where tasks are computed (default: threads of each run's process). */
  readonly executor?: ExecutorChoice;
  /** Do only these of the plan's runs: those whose place modulo `of` is `index` − 1. `index` counts from 1. */
  readonly shard?: Shard;
  /** Do runs again that failed before this call. */
  readonly retry?: boolean;
  /** Aborting stops the runs at work, which count as not done; another call goes on. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StudyProgress) => void;
  /** Hears what people should know of workers elsewhere. */
  readonly onNote?: (note: string) => void;
}

export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A run of a study and what became of it. "left": it was stopped, or is not this shard's. */
export interface StudiedRun extends PlannedRun {
  readonly state: 'done' | 'failed' | 'left';
  /** Where its records are, or would be. */
  readonly folder: string;
  readonly failure: Failure | null;
}

export interface StudyOutcome {
  readonly name: string;
  readonly out: string;
  /** How the cores were shared; null where there was nothing left to do. */
  readonly crew: Crew | null;
  /** One for each point and seed, in the order of the plan. */
  readonly runs: readonly StudiedRun[];
  readonly interrupted: boolean;
}

/** All runs of a study in their order, none of them done. UserError where the study or one of its points is refused. */
export async function plannedRuns(
  study: Study | string,
  options: Pick<StudyOptions, 'backend' | 'executor'> = {},
): Promise<readonly PlannedRun[]> {
  return (await planOf(await loadStudy(study), computingOf(options))).runs;
}

/**
 * Does the runs of a study, each in a process of its own with one worker where there are many; those that are done
 * already are not done again. `study` is the path of a study file or the study itself. Resolves when each run is done,
 * failed, or left because of `signal` or `shard`. UserError, before anything runs, where the study, one of its points
 * or the folder is refused.
 */
export async function runStudy(study: Study | string, options: StudyOptions): Promise<StudyOutcome> {
  return runLoaded(await loadStudy(study), options);
}

/** The same of a study that is loaded. */
export async function runLoaded(study: LoadedStudy, options: StudyOptions): Promise<StudyOutcome> {
  checkNumbers(options);
  const plan = await planOf(study, computingOf(options));
  return new StudyRun(plan, options).result();
}

class StudyRun {
  readonly #plan: Plan;
  readonly #options: StudyOptions;
  readonly #folder: StudyFolder;
  readonly #claims: Claims;
  readonly #standing: Standing;
  /** What runs tell of workers elsewhere, each thing once as long as nothing else is told. */
  readonly #onNote: (note: string) => void;
  /** Failures of before this call, which are to be done again. */
  readonly #retried: Set<string>;
  readonly #never = new AbortController();

  constructor(plan: Plan, options: StudyOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#folder = StudyFolder.open(options.out, plan);
    this.#claims = new Claims(join(options.out, studyFolders.claims));
    const runs = shareOf(distinct(plan.runs), options.shard);
    const failed = runs.filter((run) => !this.#folder.isDone(run) && this.#folder.failureOf(run) !== null);
    this.#retried = new Set(options.retry === true ? failed.map(({ id }) => id) : []);
    this.#standing = new Standing(runs);
    this.#onNote = withoutEchoes(options.onNote ?? (() => {}));
  }

  get #signal(): AbortSignal {
    return this.#options.signal ?? this.#never.signal;
  }

  get #computing(): Computing {
    return computingOf(this.#options);
  }

  async result(): Promise<StudyOutcome> {
    const { onProgress = () => {} } = this.#options;
    this.#standing.waiting.forEach((run) => this.#settleIfOver(run));
    const left = this.#standing.waiting.length;
    const crew = left === 0 ? null : this.#crew(left);
    const unsubscribe = this.#standing.subscribe(() => onProgress(this.#standing.progress(crew?.jobs ?? 0)));
    const everySecond = setInterval(() => this.#standing.tell(), 1000);
    try {
      this.#standing.tell();
      if (left > 0) await reachExecutor(this.#plan, this.#computing, this.#signal, this.#onNote);
      await Promise.all(Array.from({ length: crew?.jobs ?? 0 }, () => this.#lane(crew!)));
    } finally {
      clearInterval(everySecond);
      unsubscribe();
      this.#claims.close();
    }
    return this.#outcome(crew);
  }

  #crew(left: number): Crew {
    const { jobs, workers } = this.#options;
    const crew = crewFor(left, availableParallelism(), jobs);
    return workers === undefined ? crew : { ...crew, workers };
  }

  /** One place at which runs are done, until none is left. */
  async #lane(crew: Crew): Promise<void> {
    const lane = new Lane(this.#onNote);
    try {
      while (!this.#signal.aborted) {
        const next = this.#next();
        if (next !== null) await this.#do(next.run, next.claim, lane, crew);
        else if (this.#standing.isElsewhere()) await pause(this.#signal);
        else return;
      }
    } finally {
      await lane.close();
    }
  }

  /** The first run that nobody has; those that are over meanwhile are settled. */
  #next(): { readonly run: PlannedRun; readonly claim: Claim } | null {
    for (const run of this.#standing.waiting) {
      if (this.#settleIfOver(run)) continue;
      const claim = this.#claims.take(run.id);
      if (claim === null) {
        this.#standing.elsewhere(run);
        continue;
      }
      // Somebody may have done it between the look and the claim.
      if (!this.#settleIfOver(run)) return { run, claim };
      if (this.#folder.isDone(run)) claim.remove();
      else claim.giveUp();
    }
    return null;
  }

  #settleIfOver(run: PlannedRun): boolean {
    if (this.#folder.isDone(run)) this.#standing.settle(run, 'done');
    else if (this.#folder.failureOf(run) !== null && !this.#retried.has(run.id)) {
      this.#standing.settle(run, 'failed');
    } else return false;
    return true;
  }

  async #do(run: PlannedRun, claim: Claim, lane: Lane, crew: Crew): Promise<void> {
    const unfinished = this.#folder.unfinished(run);
    const { base } = this.#plan;
    this.#retried.delete(run.id);
    this.#standing.begin(run);
    const { set, seed, id } = run;
    const answer = await lane.run(
      {
        ...{ base, set, seed, id, outFolder: unfinished, workers: crew.workers },
        ...this.#computing,
      },
      this.#signal,
    );
    if (answer.outcome === 'interrupted' || !claim.isHeld()) {
      if (!claim.isHeld()) this.#folder.discard(unfinished);
      claim.giveUp();
      this.#standing.putBack(run);
    } else if (answer.outcome === 'done') {
      this.#folder.finish(run, unfinished);
      claim.remove();
      this.#standing.end(run, 'done', { seconds: answer.seconds });
    } else {
      const { name, point } = run;
      const { message, seconds } = answer;
      this.#folder.fail({ id, name, point, seed, message }, unfinished);
      claim.giveUp();
      this.#standing.end(run, 'failed', { seconds, message });
    }
  }

  #outcome(crew: Crew | null): StudyOutcome {
    const { name, runs } = this.#plan;
    return {
      ...{ name, out: this.#options.out, crew, interrupted: this.#signal.aborted },
      runs: runs.map((run) => {
        const failure = this.#folder.isDone(run) ? null : this.#folder.failureOf(run);
        const state = this.#folder.isDone(run) ? 'done' : failure === null ? 'left' : 'failed';
        return { ...run, state, folder: this.#folder.runFolder(run), failure };
      }),
    };
  }
}

/** The runs of one shard; every shard's together are all, each once. */
export function shareOf<T>(runs: readonly T[], shard: Shard = { index: 1, of: 1 }): readonly T[] {
  return runs.filter((_, place) => place % shard.of === shard.index - 1);
}

const computingOf = ({
  backend = 'auto',
  executor,
}: Pick<StudyOptions, 'backend' | 'executor'>): Computing => ({
  backend,
  ...(executor && { executor }),
});

function checkNumbers({ jobs = 1, workers = 1, shard = { index: 1, of: 1 } }: StudyOptions): void {
  for (const [name, value] of Object.entries({
    jobs,
    workers,
    'shard.of': shard.of,
    'shard.index': shard.index,
  })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new UserError(
      `options: /${name.replace('.', '/')}: is ${value}, expected an integer of at least 1`,
    );
  }
  if (shard.index <= shard.of) return;
  throw new UserError(
    `options: /shard/index: is ${shard.index}, expected at most ${shard.of}, the number of shards`,
  );
}

/** Until another process may have got further. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(1000, undefined, { signal }).catch(() => {});
}
