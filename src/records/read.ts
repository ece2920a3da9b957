import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, isSystemError, messageOf, oneLine } from '../errors.js';
import { refuseNesting } from '../nesting.js';
import { readTextFile } from '../text-file.js';
import type { Scenario } from '../scenario/schema.js';
import type { OwnNames } from '../scenario/own-strategies.js';
import { checkForm } from '../scenario/validate.js';
import { recordFiles } from './folder.js';
import { manifestFormat, type Manifest } from './manifest.js';
import { readRows } from './read-rows.js';
import type { RowReader } from './row-reader.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { Summary } from './summary.js';
import { RunFigures } from './run-figures.js';
import { WrittenRows } from './written-rows.js';

/**
 * What the rows of a run come to that left no summary.json: it was killed, or is still running. The hash of
 * its trace and the time that it took are not known.
 */
export interface PartialSummary extends Omit<Summary, 'traceHash' | 'wallSeconds' | 'ended'> {
  readonly traceHash: null;
  readonly wallSeconds: null;
  readonly ended: { readonly reason: 'partial' };
}

/** What a run left, but for its rows. */
export interface RunDocuments {
  readonly manifest: Manifest;
  readonly summary: Summary | PartialSummary;
}

/** All that a run left, read back: with every row in memory. */
export interface RunRecords extends RunDocuments {
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
}

/**
 * Reads a run's folder. What an earlier version did not write is filled in where it follows from the rest: the
 * scenario's newer settings by their defaults, the figures of the stages from the rows, the summary of a run
 * that was killed. Throws a UserError that names the file which is missing, not a record, of a version too
 * early to be read, or of another run than the rest.
 */
export async function readRun(folder: string): Promise<RunRecords> {
  const rows = new WrittenRows();
  const documents = await readRunTo(folder, rows);
  return { ...documents, metrics: rows.metrics, messages: rows.messages };
}

/**
 * The same with the rows one by one, to readers that keep of them what they need: a run of any length is read in the
 * memory of its clients. Rows that nobody asks for are read only where the summary lacks what they come to.
 */
export async function readRunTo(folder: string, ...readers: readonly RowReader[]): Promise<RunDocuments> {
  return ofRecords(folder, () => readAtItsWord(folder, readers));
}

/**
 * What `work` makes of the records in a folder. They are taken at their word, key by key, and may have been altered:
 * whatever fails over them is a UserError that names the folder, with the failure as its cause.
 */
export async function ofRecords<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof UserError || isSystemError(cause)) throw cause;
    throw new UserError(
      `${folder}: holds records of another form than pwff writes (${oneLine(messageOf(cause))}), expected a run as ` +
        'it was written; run the scenario again, and report it if nobody has altered them',
      { cause },
    );
  }
}

async function readAtItsWord(folder: string, readers: readonly RowReader[]): Promise<RunDocuments> {
  const manifest = await readManifest(join(folder, recordFiles.manifest));
  const path = join(folder, recordFiles.summary);
  const written = existsSync(path) ? await readDocument<WrittenSummary>(path) : null;
  const figures = written !== null && isWhole(written) ? null : new ReadFigures(manifest);
  const all = figures === null ? readers : [...readers, figures];
  if (all.length > 0) await readRows(folder, ...all);
  if (written === null) return { manifest, summary: partialSummary(manifest, figures!) };
  const summary = filledIn(written, manifest, figures);
  refuseOthers(path, manifest, summary);
  return { manifest, summary };
}

/** What a summary of an earlier version may lack. */
type Newer =
  | 'notes'
  | 'overlap'
  | 'judges'
  | 'checks'
  | 'overfitting'
  | 'fairness'
  | 'timeSpent'
  | 'energy'
  | 'journal'
  | 'staleness'
  | 'tasks'
  | 'rejected';
type WrittenSummary = Omit<Summary, Newer> & Partial<Pick<Summary, Newer>>;

/** Whether nothing is missing that rows come to. */
function isWhole({ stages, ...written }: WrittenSummary): boolean {
  const newer = [written.fairness, written.timeSpent, written.energy, written.staleness, written.rejected];
  return newer.every((part) => part !== undefined) && hasWholeStages(stages);
}

function hasWholeStages({ instruction, reward, alignment }: Summary['stages']): boolean {
  const known = [instruction, reward, alignment].filter((stage) => stage !== null);
  return (
    known.every((stage) => 'heldOutLoss' in stage && 'deviceJoulesPerRound' in stage) &&
    (instruction === null || ('toTarget' in instruction && 'factAccuracy' in instruction)) &&
    (alignment === null || ('collapse' in alignment && 'phrases' in alignment))
  );
}

/** With what it lacks; `figures` are null where rows come to none of that. */
function filledIn(written: WrittenSummary, manifest: Manifest, figures: ReadFigures | null): Summary {
  const { overfitting = null, tasks = null, energy = null } = written;
  const known = { notes: [], overlap: null, judges: manifest.judges ?? [], checks: [], journal: null };
  const summary = { ...known, ...written, overfitting, energy, tasks };
  if (figures === null) return summary as Summary;
  const {
    fairness,
    staleness,
    rejected,
    timeSpent,
    stages,
    energy: ofRows,
  } = figures.upTo(written.virtualSeconds);
  return {
    ...{ fairness, staleness, rejected, timeSpent },
    ...summary,
    energy: energy ?? ofRows,
    ...(!hasWholeStages(written.stages) && { stages }),
  };
}

/** What the rows of a folder come to, and how far they have come. */
class ReadFigures extends RunFigures {
  virtualSeconds = 0;

  constructor({ clients, judges = [], scenario }: Manifest) {
    const wishes = clients.map(({ id, weightHelpful, weightHarmless }) => ({
      id,
      ownWeights: { helpful: weightHelpful, harmless: weightHarmless },
    }));
    super({ clients: wishes, judges, scenario });
  }

  override metric(row: MetricRow): void {
    super.metric(row);
    if ('virtualSeconds' in row) this.virtualSeconds = Math.max(this.virtualSeconds, row.virtualSeconds);
  }

  override message(row: MessageRow): void {
    super.message(row);
    const seconds = row.endedVirtualSeconds ?? row.sentVirtualSeconds;
    this.virtualSeconds = Math.max(this.virtualSeconds, seconds);
  }
}

function partialSummary(manifest: Manifest, figures: ReadFigures): PartialSummary {
  const { virtualSeconds } = figures;
  return {
    ...namesOf(manifest),
    synthetic: manifest.synthetic,
    traceHash: null,
    virtualSeconds,
    wallSeconds: null,
    ended: { reason: 'partial' },
    notes: manifest.notes ?? [],
    overlap: manifest.overlap ?? null,
    judges: manifest.judges ?? [],
    checks: [],
    journal: null,
    tasks: null,
    ...figures.upTo(virtualSeconds),
  };
}

/** What says in manifest and summary alike which run it was. */
function namesOf({ scenario: { name: scenario, method }, seed, backend: { name: backend } }: Manifest) {
  return { scenario, seed, method, backend };
}

/** Records of two runs in one folder would make a page of neither. */
function refuseOthers(path: string, manifest: Manifest, summary: Summary): void {
  for (const [key, expected] of Object.entries(namesOf(manifest))) {
    const found = summary[key as keyof ReturnType<typeof namesOf>];
    if (found === expected) continue;
    throw new UserError(
      `${path}: /${key}: is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)} as ` +
        `${recordFiles.manifest} beside it has it; the folder holds records of two runs: run the scenario again`,
    );
  }
}

/** The manifest of a run, its scenario completed; UserError where there is none of this version. */
export async function readManifest(path: string): Promise<Manifest> {
  const manifest = await readDocument<Omit<Manifest, 'format'> & { format: unknown }>(path);
  if (manifest.format !== manifestFormat) {
    throw new UserError(
      `${path}: /format: is ${JSON.stringify(manifest.format)}, ` +
        `expected "${manifestFormat}"; was this folder written by pwff?`,
    );
  }
  return { ...manifest, format: manifestFormat, scenario: completed(manifest, path) };
}

/** The scenario with the defaults of settings that did not exist when it ran. */
function completed(
  { scenario: recorded, strategies }: Pick<Manifest, 'scenario' | 'strategies'>,
  path: string,
): Scenario {
  const { scenario, problems } = checkForm(recorded, ownNames(strategies));
  if (scenario !== null) return scenario;
  const { pointer, is } = problems[0]!;
  throw new UserError(
    `${path}: /scenario${pointer}: ${is}, expected a scenario of this version of pwff; run the scenario again`,
  );
}

/** The strategies that the caller of the run had brought along; their options are taken as they were. */
function ownNames(strategies: Manifest['strategies'] = {}): OwnNames {
  const own = Object.entries(strategies).filter(([, { own }]) => own);
  const any = { type: 'object' };
  return Object.fromEntries(own.map(([seam, { name }]) => [seam, [{ name, options: any }]]));
}

/** A JSON file of a run's folder, taken at its word; UserError where there is none. */
export async function readDocument<T>(path: string): Promise<T> {
  const text = await readTextFile(path, 'a record of a run');
  refuseNesting(text, path);
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new UserError(`${path}: is not JSON (${oneLine(messageOf(error))}), expected a record of a run`);
  }
}
