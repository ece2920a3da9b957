import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exactJson } from './exact-json.js';
import { clearFolder, recordFiles } from './folder.js';
import { JsonLinesFile } from './json-lines.js';
import type { Manifest } from './manifest.js';
import { messageLine, metricLine } from './row-text.js';
import type { Summary } from './rows.js';
import type { RunEvent, RunObserver } from './run-event.js';

/**
 * What a run writes while it goes on. Every method throws a RangeError rather than write a number wrongly.
 */
export interface Records extends RunObserver {
  manifest(manifest: Manifest): void;
  /** Writes rows of metrics.jsonl and messages.jsonl. Those so far are on disk after each closed round. */
  next(event: RunEvent): void;
  /** Hands all rows to the operating system, without closing. */
  complete(): void;
  summary(summary: Summary): void;
  /** Flushes and closes; to be called however the run ends. Closing twice is harmless. */
  close(): void;
}

/**
 * Opens the records of a run in a folder, which is made if needed; an earlier run's records in it are
 * removed. Throws a UserError if the folder holds something else.
 */
export function openRecords(folder: string): Records {
  clearFolder(folder);
  const metrics = new JsonLinesFile(join(folder, recordFiles.metrics));
  const messages = new JsonLinesFile(join(folder, recordFiles.messages));
  const flush = () => {
    metrics.flush();
    messages.flush();
  };
  return {
    manifest: (manifest) => writeDocument(join(folder, recordFiles.manifest), manifest),
    next: (event) => {
      if (event.type === 'row') metrics.append(metricLine(event.row));
      if (event.type === 'row' && event.row.type === 'round') flush();
      if (event.type === 'message') messages.append(messageLine(event.row));
    },
    complete: flush,
    summary: (summary) => writeDocument(join(folder, recordFiles.summary), summary),
    close: () => {
      metrics.close();
      messages.close();
    },
  };
}

/** Writes a JSON document such that a reader finds either the old one or the whole new one. */
function writeDocument(path: string, document: unknown): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${exactJson(document, path, 2)}\n`);
  renameSync(fresh, path);
}
