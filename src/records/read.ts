import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors.js';
import { recordFiles } from './folder.js';
import { readJsonLines } from './json-lines.js';
import { manifestFormat, type Manifest } from './manifest.js';
import type { MessageRow, MetricRow, Summary } from './rows.js';

/** All that a run left, read back. */
export interface RunRecords {
  readonly manifest: Manifest;
  readonly summary: Summary;
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
}

/** Reads a run's folder. Throws a UserError that names the file which is missing or not a record. */
export async function readRun(folder: string): Promise<RunRecords> {
  const manifest = await readDocument<Omit<Manifest, 'format'> & { format: unknown }>(
    join(folder, recordFiles.manifest),
  );
  if (manifest.format !== manifestFormat) {
    throw new UserError(
      `${join(folder, recordFiles.manifest)}: /format: is ${JSON.stringify(manifest.format)}, ` +
        `expected "${manifestFormat}"; was this folder written by pwff?`,
    );
  }
  return {
    manifest: { ...manifest, format: manifestFormat },
    summary: await readDocument<Summary>(join(folder, recordFiles.summary)),
    metrics: await readJsonLines<MetricRow>(join(folder, recordFiles.metrics)),
    messages: await readJsonLines<MessageRow>(join(folder, recordFiles.messages)),
  };
}

async function readDocument<T>(path: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${messageOf(error)}), expected a record of a run`);
  }
}
