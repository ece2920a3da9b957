import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Summary } from '../src/records/summary.js';
import { stream } from '../src/simulation/random/stream.js';
import type { Found, Part, Size } from './part.js';
import { Fleet, start } from './queue-fleet.js';
import { kill, short, type Victim } from './queue-kills.js';
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
    ['worker', keeping, 'worker'],
    ['redis', keeping, 'redis'],
    ['forgetful redis', forgetful, 'redis'],
    ['run', keeping, 'run'],
  ] as const satisfies readonly (readonly [string, Server, Victim])[];
  for (const [name, server, victim] of trials) {
    await server.start();
    const fleet = new Fleet(['--queue', server.url]);
    await fleet.join();
    await fleet.join();
    const draw = stream(seed, 'soak', 'queue', name);
    for (let n = 0; n < times; n++) {
      const folder = join(root, `${name}-${n}`);
      await forgetAll(server);
      // Within about the time that the run takes where nothing happens.
      const moment = () => sleep(7000 * draw.uniform());
      const code = await kill[victim]({ server, fleet, folder, moment });
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
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  await redis.flushall();
  await redis.quit();
}

const hashIn = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary).traceHash;
