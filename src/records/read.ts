import { join } from 'node:path';
import { UserError, messageOf, oneLine } from '../errors.js';
import { readTextFile } from '../text-file.js';
import type { Scenario } from '../scenario/schema.js';
import type { OwnNames } from '../scenario/own-strategies.js';
import { checkForm } from '../scenario/validate.js';
import { recordFiles } from './folder.js';
import { readJsonLines } from './json-lines.js';
import { manifestFormat, type Manifest } from './manifest.js';
import { missingMessageKey } from './row-text.js';
import type { MessageRow, MetricRow, Summary } from './rows.js';
import { stageSummaries } from './summarize.js';

/** All that a run left, read back. */
export interface RunRecords {
  readonly manifest: Manifest;
  readonly summary: Summary;
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
}

/**
 * Reads a run's folder. What an earlier version did not write is filled in where it follows from the rest: the
 * scenario's newer settings by their defaults, the figures of the stages from the rows. Throws a UserError that
 * names the file which is missing, not a record, or of a version too early to be read.
 */
export async function readRun(folder: string): Promise<RunRecords> {
  const manifest = await readManifest(join(folder, recordFiles.manifest));
  const summary = {
    notes: [],
    ...(await readDocument<Omit<Summary, 'notes'>>(join(folder, recordFiles.summary))),
  };
  const metrics = await readJsonLines<MetricRow>(join(folder, recordFiles.metrics));
  const messages = await readMessages(join(folder, recordFiles.messages));
  const read = { manifest, summary, metrics, messages };
  return { ...read, summary: withStages(read) };
}

async function readManifest(path: string): Promise<Manifest> {
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
function withStages({ manifest, summary, metrics }: RunRecords): Summary {
  const { instruction, reward, alignment } = summary.stages;
  const known = [instruction, reward, alignment].filter((stage) => stage !== null);
  const isWhole = known.every((stage) => 'heldOutLoss' in stage);
  if (isWhole && (alignment === null || 'collapse' in alignment)) return summary;
  const clients = manifest.clients.map(({ id, weightHelpful, weightHarmless }) => ({
    id,
    ownWeights: { helpful: weightHelpful, harmless: weightHarmless },
  }));
  const { collapse } = manifest.scenario.alignment;
  return { ...summary, stages: stageSummaries({ metrics, clients, collapse }) };
}

async function readDocument<T>(path: string): Promise<T> {
  const text = await readTextFile(path, 'a record of a run');
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new UserError(`${path}: is not JSON (${oneLine(messageOf(error))}), expected a record of a run`);
  }
}
