import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servePage, type Page as ServedPage } from '../../src/cli/page/serve.js';
import { runScenario, type RunResult } from '../../src/index.js';
import { openRecordedRun } from '../../src/inspect/run-view.js';
import { packageRoot } from '../../src/paths.js';
import { loadScenario } from '../../src/scenario/load.js';

/** Client 3's first upload is lost, each of client 1's is sent twice, one of client 2's arrives twice. */
const faults = [
  { effect: 'drop', client: 3, step: '1.3', round: 1 },
  { effect: 'corrupt', client: 1, direction: 'uplink', stage: 'instruction', attempt: 1 },
  { effect: 'duplicate', client: 2, step: '1.3', round: 2, delaySeconds: 0.5 },
  { effect: 'blackout', fromSeconds: 3, toSeconds: 4 },
];

/** Settings of the tiny scenario, as on the command line. */
export const troubled = [
  'learning=stub',
  'channel.retransmission=arq',
  'channel.story=attempts',
  `channel.faults=${JSON.stringify(faults)}`,
];

export async function runTroubled(outFolder: string, seed = 1): Promise<RunResult> {
  const file = join(packageRoot(), 'scenarios/tiny.json');
  const { scenario, folder } = await loadScenario(file, { set: troubled, seed });
  return runScenario({ scenario, folder, outFolder, workers: 1, backend: 'wasm' });
}

export async function serveRecorded(folders: readonly string[]): Promise<ServedPage> {
  const opened = await Promise.all(folders.map(openRecordedRun));
  await Promise.all(opened.map(({ indexing }) => indexing));
  return servePage({ views: opened.map(({ view }) => view), port: 0 });
}

/** A folder for the runs of a `describe`. */
export function folderForTests(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pwff-browser-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
