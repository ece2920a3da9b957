import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/paths.js';
import type { Summary } from '../../src/records/summary.js';

/*
 * What tests of `pwff sweep` as a user runs it share: processes, and a folder for each test. Runs are of the tiny
 * scenario without learning.
 */

export const stub = ['--set', 'learning=stub', '--backend', 'wasm'];
/** Four runs, each of which takes a moment. */
export const four = ['sweep', 'tiny', ...stub, '--vary', 'channel.uplink.meanSnrDb=0,10', '--seeds', '2'];

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  readonly folder: string;
  /** Where the study goes. */
  readonly out: string;
  /** Starts a command in the folder, which ends with the test. */
  start(command: string, args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string): Started;
  pwff(...args: readonly string[]): Promise<Ended>;
  /** Names in a folder of the study. */
  names(of: string): readonly string[];
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export const cli = join(packageRoot(), 'dist/src/cli.js');

/** Opens a place to work in; `close` ends what was started there and removes it. */
export function openWorkplace(): Workplace & { close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'pwff-sweep-'));
  const out = join(folder, 'study');
  const started: ChildProcess[] = [];
  const start: Workplace['start'] = (command, args, env = {}, cwd = folder) => {
    const child = spawn(command, args, {
      ...{ cwd, env: { ...process.env, ...env } },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return { child, ended: endOf(child) };
  };
  return {
    ...{ folder, out, start },
    pwff: (...args) => start(process.execPath, [cli, ...args]).ended,
    names: (of) => (existsSync(join(out, of)) ? readdirSync(join(out, of)) : []),
    close: () => {
      for (const child of started) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, maxRetries: 5 });
    },
  };
}

/** Skips where signals are no POSIX system's. */
export function needsSignals(context: Mocha.Context): void {
  if (process.platform !== 'win32') return;
  console.log('      skipped: signals are a POSIX system’s here');
  context.skip();
}

/** Trace hashes of a study by the folder of the run. */
export function hashes(out: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(out, 'runs')).map((name) => {
      const summary = JSON.parse(readFileSync(join(out, 'runs', name, 'summary.json'), 'utf8')) as Summary;
      return [name, summary.traceHash];
    }),
  );
}

export async function until(what: string, isSo: () => boolean): Promise<void> {
  const since = performance.now();
  while (!isSo()) {
    assert.ok(performance.now() - since < 30_000, `not in 30 s: ${what}`);
    await sleep(20);
  }
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  child.stdout!.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  await once(child, 'close');
  return { status: child.exitCode, ...said };
}
