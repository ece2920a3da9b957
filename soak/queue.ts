import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Summary } from '../src/records/summary.js';
import { stream } from '../src/simulation/random/stream.js';
import type { Found, Part, Size } from './part.js';
import { Fleet, start } from './queue-fleet.js';
import { redisServer, type Server } from './queue-servers.js';

const counts: Readonly<Record<Size, number>> = { small: 2, full: 20 };

/** Runs on two workers at a Redis, of which one dies in the middle: a worker, the Redis, or the run. */
export const queue: Part = {
  name: 'queue',
  what: 'kill -9 of a worker, of Redis, and of the run, at random moments: the trace of a run in one process',
  run: async (size, seed) => {
    const [keeping, forgetful] = [await redisServer(), await redisServer({ keeps: false })];
    if (!('server' in keeping) || !('server' in forgetful)) {
      console.log(`  skipped: ${'why' in keeping ? keeping.why : ''}`);
      return { figures: { skipped: 1 }, failures: [] };
    }
    const root = mkdtempSync(join(tmpdir(), 'pwff-soak-queue-'));
    try {
      return await killed(root, keeping.server, forgetful.server, counts[size], seed);
    } finally {
      await keeping.server.remove();
      await forgetful.server.remove();
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** Milliseconds until a process has begun. */
const leastMoment = 1000;

const short = ['instruction', 'reward', 'alignment'].flatMap((stage) => ['--set', `${stage}.maxRounds=1`]);

/** What a kill takes: where it happens, and whom it strikes. */
interface Trial {
  readonly server: Server;
  readonly fleet: Fleet;
  readonly folder: string;
}

type Victim = (trial: Trial, moment: number) => Promise<number | string>;

const runAt = ({ server, folder }: Trial) =>
  start([
    ...['run', 'tiny', ...short, '--executor', 'bullmq', '--queue', server.url],
    ...['--backend', 'wasm', '--out', folder, '--quiet'],
  ]);

const victims: Readonly<Record<string, Victim>> = {
  worker: async (trial, moment) => {
    const run = runAt(trial);
    await sleep(moment);
    await trial.fleet.kill(trial.fleet.workers[0]!);
    await trial.fleet.join();
    return run.ended;
  },
  redis: async (trial, moment) => {
    const run = runAt(trial);
    // Before that a run that does not reach its Redis is refused.
    while (!existsSync(join(trial.folder, 'manifest.json')) && run.child.exitCode === null) await sleep(20);
    await sleep(moment - leastMoment);
    await trial.server.kill();
    await sleep(300);
    await trial.server.start();
    return run.ended;
  },
  run: async (trial, moment) => {
    const run = runAt(trial);
    await sleep(moment);
    run.child.kill('SIGKILL');
    if ((await run.ended) === 0) return 0;
    if (!existsSync(join(trial.folder, 'manifest.json'))) return runAt(trial).ended;
    const queue = ['--executor', 'bullmq', '--queue', trial.server.url, '--quiet'];
    return start(['run', '--resume', trial.folder, ...queue]).ended;
  },
};

async function killed(
  root: string,
  keeping: Server,
  forgetful: Server,
  times: number,
  seed: number,
): Promise<Found> {
  const whole = join(root, 'whole');
  await start(['run', 'tiny', ...short, '--backend', 'wasm', '--out', whole, '--quiet']).ended;
  const expected = hashIn(whole);
  const failures: string[] = [];
  const figures: Record<string, number> = {};
  // A Redis that keeps what it has, and one that forgets all of it with each kill.
  const trials = [
    ['worker', keeping, victims.worker!],
    ['redis', keeping, victims.redis!],
    ['forgetful redis', forgetful, victims.redis!],
    ['run', keeping, victims.run!],
  ] as const;
  for (const [name, server, victim] of trials) {
    await server.start();
    const fleet = new Fleet(['--queue', server.url]);
    await fleet.join();
    await fleet.join();
    const draw = stream(seed, 'soak', 'queue', name);
    for (let n = 0; n < times; n++) {
      const folder = join(root, `${name}-${n}`);
      await forgetAll(server);
      // Of about the time that the run takes where nothing happens.
      const code = await victim({ server, fleet, folder }, leastMoment + 6000 * draw.uniform());
      const found = code === 0 ? hashIn(folder) : `exit code ${code}`;
      if (found !== expected) failures.push(`${name} ${n}, seed ${seed}: ${found}, expected ${expected}`);
      figures[`${name} kills`] = n + 1;
    }
    await fleet.remove();
    await server.kill();
  }
  return { figures, failures };
}

/** No run is to find what the one before has left. */
async function forgetAll({ url }: Server): Promise<void> {
  const redis = new Redis(url);
  await redis.flushall();
  await redis.quit();
}

const hashIn = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary).traceHash;
