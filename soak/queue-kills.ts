import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start, type Fleet, type Process } from './queue-fleet.js';
import type { Server } from './queue-servers.js';

/** The tiny scenario with one round a stage. */
export const short = ['instruction', 'reward', 'alignment'].flatMap((stage) => [
  '--set',
  `${stage}.maxRounds=1`,
]);

/** A run at a queue in which something dies. */
export interface Trial {
  readonly server: Server;
  /** Options that lead to its queue. */
  readonly place: readonly string[];
  readonly fleet: Fleet;
  /** Of the run. */
  readonly folder: string;
  /** Passes when it is time. */
  readonly moment: () => Promise<void>;
}

export type Victim = 'worker' | 'server' | 'run';

/** Starts a run, kills something in it with -9, and brings that back; resolves with the run, which goes on. */
export const kill: Readonly<Record<Victim, (trial: Trial) => Promise<Process>>> = {
  worker: async (trial) => {
    const run = runAt(trial);
    await trial.moment();
    await trial.fleet.kill(trial.fleet.workers[0]!);
    await trial.fleet.join();
    return run;
  },
  server: async (trial) => {
    const run = runAt(trial);
    // Before that a run that does not reach its server is refused.
    while (!existsSync(join(trial.folder, 'manifest.json')) && run.child.exitCode === null) await sleep(20);
    await trial.moment();
    await trial.server.kill();
    await sleep(300);
    await trial.server.start();
    return run;
  },
  run: async (trial) => {
    const run = runAt(trial);
    await trial.moment();
    run.child.kill('SIGKILL');
    if ((await run.ended) === 0) return run;
    if (!existsSync(join(trial.folder, 'manifest.json'))) return runAt(trial);
    const queue = ['--executor', 'bullmq', ...trial.place, '--quiet'];
    return start(['run', '--resume', trial.folder, ...queue], trial.server.env);
  },
};

function runAt({ server, place, folder }: Trial) {
  const queue = ['--executor', 'bullmq', ...place];
  const run = ['run', 'tiny', ...short, ...queue, '--backend', 'wasm', '--out', folder, '--quiet'];
  return start(run, server.env);
}
