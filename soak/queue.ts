import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Summary } from '../src/records/summary.js';
import { stream } from '../src/simulation/random/stream.js';
import type { Found, Part, Size } from './part.js';
import { Fleet, start } from './queue-fleet.js';
import { kill, short, type Victim } from './queue-kills.js';
import { postgresServer, redisServer, type Begun, type Server } from './queue-servers.js';

const counts: Readonly<Record<Size, number>> = { small: 2, full: 20 };

/** A kind of kill. */
interface Kills {
  readonly name: string;
  readonly victim: Victim;
  readonly server: () => Promise<Begun>;
  /** Whether tensors stand in a folder, and not in the server. */
  readonly inFolder?: boolean;
}

const kinds: readonly Kills[] = [
  { name: 'worker', victim: 'worker', server: () => redisServer() },
  { name: 'redis', victim: 'server', server: () => redisServer() },
  { name: 'forgetful redis', victim: 'server', server: () => redisServer({ keeps: false }) },
  { name: 'postgres', victim: 'server', server: () => postgresServer(), inFolder: true },
  { name: 'run', victim: 'run', server: () => redisServer() },
];

/** Runs on two workers at a queue, in which something dies in the middle: a worker, the server, or the run. */
export const queue: Part = {
  name: 'queue',
  what: 'kill -9 of a worker, of Redis, of PostgreSQL and of the run, at random moments: the trace of one process',
  run: async (size, seed) => {
    const root = mkdtempSync(join(tmpdir(), 'pwff-soak-queue-'));
    const found = { figures: {} as Record<string, number>, failures: [] as string[] };
    try {
      const whole = join(root, 'whole');
      await start(['run', 'tiny', ...short, '--backend', 'wasm', '--out', whole, '--quiet']).ended;
      for (const kind of kinds) {
        const { figures, failures } = await killed(kind, root, counts[size], seed, hashIn(whole));
        Object.assign(found.figures, figures);
        found.failures.push(...failures);
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
    return found;
  },
};

async function killed(
  kind: Kills,
  root: string,
  times: number,
  seed: number,
  expected: string,
): Promise<Found> {
  const { name, victim } = kind;
  const begun = await kind.server();
  if ('why' in begun) {
    console.log(`  skipped: ${name}: ${begun.why}`);
    return { figures: { [`${name} skipped`]: 1 }, failures: [] };
  }
  const { server } = begun;
  const failures: string[] = [];
  const place = [
    '--queue',
    server.url,
    ...(kind.inFolder ? ['--blobs', mkdtempSync(join(root, 'blobs-'))] : []),
  ];
  const fleet = new Fleet(place);
  const draw = stream(seed, 'soak', 'queue', name);
  try {
    await server.start();
    await fleet.join();
    await fleet.join();
    for (let n = 0; n < times; n++) {
      const folder = join(root, `${name}-${n}`);
      await forgetAll(server);
      // Within about the time that the run takes where nothing happens.
      const moment = () => sleep(7000 * draw.uniform());
      const run = await kill[victim]({ server, place, fleet, folder, moment });
      const code = await run.ended;
      const found = code === 0 ? hashIn(folder) : `exit code ${code}, ${run.said.err.trim()}`;
      if (found !== expected) failures.push(`${name} ${n}, seed ${seed}: ${found}, expected ${expected}`);
    }
  } finally {
    await fleet.remove();
    await server.remove();
  }
  return { figures: { [`${name} kills`]: times }, failures };
}

/** No run is to find what the one before has left. */
async function forgetAll({ url }: Server): Promise<void> {
  if (url.startsWith('redis')) {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url);
    await redis.flushall();
    await redis.quit();
  } else {
    const { default: pg } = await import('pg');
    const client = new pg.Client(url);
    await client.connect();
    await client.query('truncate pwff.job, pwff.event cascade');
    await client.end();
  }
}

const hashIn = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary).traceHash;
