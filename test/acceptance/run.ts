import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/paths.js';
import type { MessageRow, MetricRow } from '../../src/records/rows.js';
import type { Summary } from '../../src/records/summary.js';

export interface Run {
  readonly summary: Summary;
  readonly metrics: readonly MetricRow[];
  readonly messages: readonly MessageRow[];
}

const folders: string[] = [];

/** Runs a scenario of the package by the command, on the WASM backend. */
export function run(scenario: string, ...options: string[]): Run {
  const out = mkdtempSync(join(tmpdir(), 'pwff-'));
  folders.push(out);
  const command = [
    join(packageRoot(), 'dist/src/cli.js'),
    'run',
    join(packageRoot(), 'scenarios', scenario),
    '--backend',
    'wasm',
    '--json',
    '--out',
    out,
    ...options,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    timeout: 15 * 60e3,
    maxBuffer: 1 << 26,
  });
  assert.equal(status, 0, `pwff run ${scenario} exited with ${status}: ${stderr}`);
  const rows = (file: string): unknown[] => {
    const lines = readFileSync(join(out, file), 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as unknown);
  };
  return {
    summary: JSON.parse(stdout) as Summary,
    metrics: rows('metrics.jsonl') as MetricRow[],
    messages: rows('messages.jsonl') as MessageRow[],
  };
}

/** To be called when all tests are over. */
export function removeRuns(): void {
  folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
}
