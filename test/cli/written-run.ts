import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageLine, metricLine } from '../../src/records/row-text.js';
import { madeUpRun } from '../records/report/made-up-run.js';

/** Writes the records of a run that never was into a new folder. */
export function writeMadeUpRun(folder: string): void {
  const { manifest, summary, metrics, messages } = madeUpRun(3);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const own = { scenario: manifest.scenario.name, seed: manifest.seed, method: manifest.scenario.method };
  write('manifest.json', JSON.stringify(manifest));
  write('summary.json', JSON.stringify({ ...summary, ...own }));
  write('metrics.jsonl', metrics.map((row) => `${metricLine(row)}\n`).join(''));
  write('messages.jsonl', messages.map((row) => `${messageLine(row)}\n`).join(''));
}
