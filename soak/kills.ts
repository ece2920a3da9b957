import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { packageRoot } from '../src/paths.js';
import type { Summary } from '../src/records/summary.js';
import { stream } from '../src/simulation/random/stream.js';
import type { Found, Part, Size } from './part.js';

const counts: Readonly<Record<Size, number>> = { small: 6, full: 200 };

/** A real run that is killed at random moments, and gone on with, until it has come to its end; again and again. */
export const kills: Part = {
  name: 'kills',
  what: 'kill -9 at random moments of a real run, then --resume: the trace and the parameters of a run never killed',
  run: async (size, seed) => {
    const root = mkdtempSync(join(tmpdir(), 'pwff-soak-kills-'));
    try {
      return await killed(root, counts[size], seed);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

const options = ['--backend', 'wasm', '--workers', '1', '--quiet'];
const cli = join(packageRoot(), 'dist/src/cli.js');

async function killed(root: string, wanted: number, seed: number): Promise<Found> {
  const whole = join(root, 'whole');
  const startedAt = performance.now();
  await life(['run', 'tiny', '--out', whole], Infinity);
  const milliseconds = performance.now() - startedAt;
  const expected = resultIn(whole);
  const draw = stream(seed, 'soak', 'kills');
  const failures: string[] = [];
  let kills = 0;
  let beforeAnything = 0;
  let runs = 0;
  let answered = 0;
  while (kills < wanted) {
    const folder = join(root, `run-${runs}`);
    for (;;) {
      const isThere = existsSync(join(folder, 'manifest.json'));
      const command = isThere ? ['run', '--resume', folder] : ['run', 'tiny', '--out', folder];
      // Early and late moments alike; an attempt may outlive its moment.
      const moment = kills < wanted ? draw.uniform() * milliseconds : Infinity;
      const code = await life(command, moment);
      if (code === 'killed') {
        kills += 1;
        if (!existsSync(join(folder, 'manifest.json'))) beforeAnything += 1;
        if (isDone(folder)) break;
        continue;
      }
      if (code !== 0) failures.push(`run ${runs} after ${kills} kills, seed ${seed}: exit code ${code}`);
      break;
    }
    runs += 1;
    const result = existsSync(join(folder, 'summary.json')) ? resultIn(folder) : null;
    answered += result?.answered ?? 0;
    if (!isDeepStrictEqual(result?.is, expected.is)) {
      failures.push(
        `run ${runs - 1} after ${kills} kills, seed ${seed}: is not the run that was never killed`,
      );
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    figures: { kills, 'kills before the manifest': beforeAnything, runs, 'tasks answered': answered },
    failures,
  };
}

/** The exit code of a command, or that it was killed. */
async function life(command: readonly string[], milliseconds: number): Promise<number | 'killed'> {
  const child = spawn(process.execPath, [cli, ...command, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const over = new AbortController();
  if (milliseconds !== Infinity) {
    void sleep(milliseconds, null, { signal: over.signal }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    );
  }
  const [code] = (await once(child, 'close')) as [number | null];
  over.abort();
  return code ?? 'killed';
}

/** Whether a run that was killed had come to its end before: its journal goes last. */
function isDone(folder: string): boolean {
  return existsSync(join(folder, 'report.html')) && !existsSync(join(folder, 'journal'));
}

/** What a run is known by, and how many of its tasks the journal answered. */
function resultIn(folder: string) {
  const { traceHash, journal } = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
  const params = readdirSync(join(folder, 'params')).map((file) => [
    file,
    readFileSync(join(folder, 'params', file)).toString('base64'),
  ]);
  return { is: { traceHash, params }, answered: journal?.answered ?? 0 };
}
