import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError, isSystemError, messageOf, oneLine } from '../errors.js';
import { greatest } from '../extremes.js';
import { refuseNesting } from '../nesting.js';
import { readTextFile } from '../text-file.js';
import type { Scenario } from '../scenario/schema.js';
import type { OwnNames } from '../scenario/own-strategies.js';
import { checkForm } from '../scenario/validate.js';
import { activityRows } from './activity/lanes.js';
import { timeSpent } from './activity/time-spent.js';
import { energySummary } from './energy/summary.js';
import { overfittingSummary } from './overfitting.js';
import { fairness } from './fairness.js';
import { recordFiles } from './folder.js';
import { readJsonLines } from './json-lines.js';
import { manifestFormat, type Manifest } from './manifest.js';
import { missingMessageKey } from './row-text.js';
import type { MessageRow, MetricRow } from './rows.js';
import type { Summary } from './summary.js';
import { rejectedUpdates } from './rejected.js';
import { stalenessOfStages } from './staleness.js';
import { messageTotals, stageSummaries } from './summarize.js';

/**
 * What the rows of a run come to that left no summary.json: it was killed, or is still running. The hash of
 * its trace and the time that it took are not known.
 */
export interface PartialSummary extends Omit<Summary, 'traceHash' | 'wallSeconds' | 'ended'> {
  readonly traceHash: null;
  readonly wallSeconds: null;
  readonly ended: { readonly reason: 'partial' };
}

/** All that a run left, read back. */
export interface RunRecords {
  readonly manifest: Manifest;
  readonly summary: Summary | PartialSummary;
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
  return ofRecords(folder, () => readRunAtItsWord(folder));
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

async function readRunAtItsWord(folder: string): Promise<RunRecords> {
  const manifest = await readManifest(join(folder, recordFiles.manifest));
  const metrics = await readJsonLines<MetricRow>(join(folder, recordFiles.metrics));
  const messages = await readMessages(join(folder, recordFiles.messages));
  const rows = { manifest, metrics, messages };
  const path = join(folder, recordFiles.summary);
  if (!existsSync(path)) return { ...rows, summary: partialSummary(rows) };
  const written = await readDocument<WrittenSummary>(path);
  const spent = written.timeSpent ?? timeSpent(activityRows({ ...rows, summary: written }));
  const { overfitting = null, tasks = null } = written;
  const energy = written.energy ?? energySummary(metrics, messages);
  const summary = {
    notes: [],
    overlap: null,
    judges: manifest.judges ?? [],
    checks: [],
    journal: null,
    ...participation(rows),
    ...written,
    timeSpent: spent,
    overfitting,
    energy,
    tasks,
  };
  refuseOthers(path, manifest, summary);
  return { ...rows, summary: withStages({ ...rows, summary }) };
}

type Rows = Omit<RunRecords, 'summary'>;
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

function participation({
  manifest,
  metrics,
  messages,
}: Rows): Pick<Summary, 'fairness' | 'staleness' | 'rejected'> {
  const clients = manifest.clients.map(({ id }) => id);
  return {
    fairness: fairness(clients, metrics, messages),
    staleness: stalenessOfStages(messages),
    rejected: rejectedUpdates(messages),
  };
}

function partialSummary(rows: Rows): PartialSummary {
  const { manifest, metrics, messages } = rows;
  const ends = messages.map((row) => row.endedVirtualSeconds ?? row.sentVirtualSeconds);
  const times = metrics.map((row) => ('virtualSeconds' in row ? row.virtualSeconds : 0));
  const virtualSeconds = Math.max(0, greatest(times), greatest(ends));
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
    stages: stagesOf(rows),
    overfitting: overfittingSummary(
      metrics,
      manifest.clients.map(({ id }) => id),
    ),
    ...participation(rows),
    timeSpent: timeSpent(activityRows({ ...rows, summary: { virtualSeconds } })),
    energy: energySummary(metrics, messages),
    journal: null,
    tasks: null,
    messages: messageTotals(messages),
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

async function readMessages(path: string): Promise<MessageRow[]> {
  const rows = await readJsonLines<MessageRow>(path);
  rows.forEach((row, index) => {
    const missing = missingMessageKey(row);
    if (missing === null) return;
    throw new UserError(
      `${path}:${index + 1}: has no "${missing}", expected a row as this version of pwff writes it; ` +
        'run the scenario again',
    );
  });
  return rows;
}

/** The summary; with the stages' figures made anew where an earlier version had not all of them. */
function withStages({ summary, ...rows }: Rows & { readonly summary: Summary }): Summary {
  const { instruction, reward, alignment } = summary.stages;
  const known = [instruction, reward, alignment].filter((stage) => stage !== null);
  const isWhole =
    known.every((stage) => 'heldOutLoss' in stage && 'deviceJoulesPerRound' in stage) &&
    (instruction === null || ('toTarget' in instruction && 'factAccuracy' in instruction)) &&
    (alignment === null || ('collapse' in alignment && 'phrases' in alignment));
  if (isWhole) return summary;
  return { ...summary, stages: stagesOf(rows) };
}

function stagesOf({ manifest, metrics, messages }: Rows): Summary['stages'] {
  const clients = manifest.clients.map(({ id, weightHelpful, weightHarmless }) => ({
    id,
    ownWeights: { helpful: weightHelpful, harmless: weightHarmless },
  }));
  const { scenario, judges = [] } = manifest;
  return stageSummaries({ metrics, messages, clients, judges, scenario });
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
