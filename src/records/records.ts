import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { exactJson } from './exact-json.js';
import type { InspectionChoice } from './inspection-choice.js';
import { InspectionFile } from './inspection-file.js';
import { openFolder, recordFiles } from './folder.js';
import { JsonLinesFile } from './json-lines.js';
import type { Manifest } from './manifest.js';
import { messageLine, metricLine } from './row-text.js';
import type { Summary } from './summary.js';
import type { RunEvent, RunObserver } from './run-event.js';
import { writeWhole } from './write-whole.js';

/**
 * What a run writes while it goes on. Every method throws a RangeError rather than write a number wrongly.
 */
export interface Records extends RunObserver {
  /**
   * Writes manifest.json and rows of metrics.jsonl, messages.jsonl and inspection.jsonl. Those so far are on
   * disk after each closed round.
   */
  next(event: RunEvent): void;
  /** Hands all rows to the operating system, without closing. */
  complete(): void;
  summary(summary: Summary): void;
  /** Flushes, closes and gives the folder free; to be called however the run ends. Twice is harmless. */
  close(): void;
}

/**
 * Opens the records of a run in a folder, which is made if needed; an earlier run's records in it are
 * removed, but for the journal where the run `goesOn`. `inspected` says which actors it tells of. Throws a UserError if the folder holds something else, or another run is writing there.
 */
export function openRecords(folder: string, inspected: InspectionChoice = 'none', goesOn = false): Records {
  const lock = openFolder(folder, goesOn);
  const metrics = new JsonLinesFile(join(folder, recordFiles.metrics));
  const messages = new JsonLinesFile(join(folder, recordFiles.messages));
  const inspection = inspected === 'none' ? null : new InspectionFile(folder, inspected);
  const flush = () => {
    metrics.flush();
    messages.flush();
    inspection?.flush();
  };
  return {
    actors: inspection !== null,
    next: (event) => {
      if (event.type === 'manifest') writeManifest(join(folder, recordFiles.manifest), event.manifest);
      if (event.type === 'row') metrics.append(metricLine(event.row));
      if (event.type === 'row' && event.row.type === 'round') flush();
      if (event.type === 'message') messages.append(messageLine(event.row));
      if (event.type === 'actor-registered' || event.type === 'actor') inspection?.append(event);
    },
    complete: flush,
    summary: (summary) => writeDocument(join(folder, recordFiles.summary), summary),
    close: () => {
      metrics.close();
      messages.close();
      inspection?.close();
      lock.release();
    },
  };
}

/** What the system refuses here ends the run, so that the file has to be named. */
function writeManifest(path: string, manifest: Manifest): void {
  try {
    writeDocument(path, manifest);
  } catch (cause) {
    throw new Error(`${path}: cannot be written (${messageOf(cause)})`);
  }
}

function writeDocument(path: string, document: unknown): void {
  writeWhole(path, `${exactJson(document, path, 2)}\n`);
}
