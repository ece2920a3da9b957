import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exactJson } from './exact-json.js';
import { clearFolder, recordFiles } from './folder.js';
import { JsonLinesFile } from './json-lines.js';
import type { Manifest } from './manifest.js';
import { messageLine, metricLine } from './row-text.js';
import type { MessageRow, MetricRow, Summary } from './rows.js';

/**
 * What a run writes while it goes on. Every method throws a RangeError rather than write a number wrongly.
 */
export interface Records {
  /** Absolute or as given; the files in it are listed in docs/records.md. */
  readonly folder: string;
  manifest(manifest: Manifest): void;
  /** A row of metrics.jsonl. Rows so far are on disk after each closed round. */
  metric(row: MetricRow): void;
  /** A row of messages.jsonl, written when the message has ended. */
  message(row: MessageRow): void;
  summary(summary: Summary): void;
  /** Hands all rows so far to the operating system, without closing. */
  flush(): void;
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
    folder,
    manifest: (manifest) => writeDocument(join(folder, recordFiles.manifest), manifest),
    metric: (row) => {
      metrics.append(metricLine(row));
      if (row.type === 'round') flush();
    },
    message: (row) => messages.append(messageLine(row)),
    summary: (summary) => writeDocument(join(folder, recordFiles.summary), summary),
    flush,
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
