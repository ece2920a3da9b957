import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UserError, isSystemError, messageOf } from '../errors.js';
import { packageRoot } from '../paths.js';
import { manifestIn, recordFiles } from '../records/folder.js';
import { codeOf } from '../records/owner.js';
import { writeWhole } from '../records/write-whole.js';
import { distinct, type Plan, type PlannedRun } from './plan.js';
import { readFailure, readStudyFile, studyFormat, type Failure, type StudyFile } from './study-file.js';

/** What of the folder of a study is where. */
export const studyFolders = {
  study: 'study.json',
  /** Folders of whole runs. */
  runs: 'runs',
  claims: 'claims',
  failures: 'failures',
  /** What is being written. */
  unfinished: 'unfinished',
} as const;

/** The folder of a study, which several processes may share. */
export class StudyFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens a new folder, or one in which this study was begun. A study may grow: a folder also takes one that has all
   * of its runs and more, or some of them. UserError for any other, and where the system refuses to write.
   */
  static open(path: string, plan: Plan): StudyFolder {
    try {
      const fresh = studyFile(plan);
      const known = knownStudy(path);
      if (known !== null) refuseOther(path, known, fresh);
      if (known === null) refuseStrangers(path);
      for (const name of [studyFolders.runs, studyFolders.failures, studyFolders.unfinished]) {
        mkdirSync(join(path, name), { recursive: true });
      }
      if (known === null || fresh.runs.length > known.runs.length) {
        writeWhole(join(path, studyFolders.study), `${JSON.stringify(fresh, null, 2)}\n`);
      }
      return new StudyFolder(path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UserError(
        `${path}: cannot be written (${messageOf(error)}), expected a folder that a study can go into; ` +
          'choose another with --out',
      );
    }
  }

  /** Where the records of a run are, once it is done. */
  runFolder({ name }: Pick<PlannedRun, 'name'>): string {
    return join(this.path, studyFolders.runs, name);
  }

  isDone(run: Pick<PlannedRun, 'name'>): boolean {
    return existsSync(this.runFolder(run));
  }

  /**
   * A place for the records of a run, of this process alone. What a killed process left of the run, which this one
   * has claimed, is there already, so that it can be gone on with.
   */
  unfinished(run: PlannedRun): string {
    const folder = join(this.path, studyFolders.unfinished);
    const own = join(folder, `${run.name}.${hostname()}-${process.pid}`);
    for (const name of readdirSync(folder).filter((each) => each.startsWith(`${run.name}.`))) {
      const left = join(folder, name);
      if (left === own) continue;
      if (existsSync(own) || manifestIn(left) === null) rmSync(left, { recursive: true, force: true });
      else renameSync(left, own);
    }
    // The claim says whose the run is now, whatever a lock of another machine says.
    rmSync(join(own, recordFiles.lock), { force: true });
    return own;
  }

  /** Puts a whole run into its place at once; where an equal one stands, that stays. */
  finish(run: PlannedRun, unfinished: string): void {
    try {
      renameSync(unfinished, this.runFolder(run));
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes(String(codeOf(error)))) throw error;
      this.discard(unfinished);
    }
    this.forgetFailure(run);
  }

  /** Notes a failure, and keeps the records that there are of it beside it. */
  fail(failure: Failure, unfinished: string): void {
    const kept = join(this.path, studyFolders.failures, failure.name);
    rmSync(kept, { recursive: true, force: true });
    if (existsSync(unfinished)) renameSync(unfinished, kept);
    writeWhole(this.#failureFile(failure), `${JSON.stringify(failure, null, 2)}\n`);
  }

  failureOf(run: Pick<PlannedRun, 'id'>): Failure | null {
    return readFailure(this.#failureFile(run));
  }

  forgetFailure(run: PlannedRun): void {
    rmSync(this.#failureFile(run), { force: true });
    rmSync(join(this.path, studyFolders.failures, run.name), { recursive: true, force: true });
  }

  discard(unfinished: string): void {
    rmSync(unfinished, { recursive: true, force: true });
  }

  #failureFile({ id }: Pick<PlannedRun, 'id'>): string {
    return join(this.path, studyFolders.failures, `${id}.json`);
  }
}

function studyFile({ name, backend, runs }: Plan): StudyFile {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as StudyFile;
  return {
    ...{ format: studyFormat, version, name, backend },
    runs: distinct(runs).map(({ set: _, ...run }) => run),
  };
}

/** Null where the folder is no study's. */
export const knownStudy = (path: string) => readStudyFile(join(path, studyFolders.study));

function refuseOther(path: string, known: StudyFile, fresh: StudyFile): void {
  if (known.version !== fresh.version) {
    throw new UserError(
      `${path}: holds a study begun with pwff ${known.version}, expected ${fresh.version}, for results may differ; ` +
        'choose another folder with --out',
    );
  }
  const [fewer, more] = [known.runs, fresh.runs].sort((a, b) => a.length - b.length);
  const ids = new Set(more!.map(({ id }) => id));
  if (fewer!.every(({ id }) => ids.has(id))) return;
  throw new UserError(
    `${path}: holds another study (${known.name}, ${known.runs.length} runs), expected this one or a part of it; ` +
      'choose another folder with --out',
  );
}

function refuseStrangers(path: string): void {
  if (!existsSync(path) || readdirSync(path).length === 0) return;
  throw new UserError(
    `${path}: is not empty and not the folder of a study, expected an empty or a new folder; choose another with --out`,
  );
}
