import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { journal } from './journal.js';
import { kills } from './kills.js';
import { mutants } from './mutants/index.js';
import type { Found, Part, Size } from './part.js';
import { queue } from './queue.js';
import { scenarios } from './scenarios.js';
import { workers } from './workers.js';

/*
 * Tries to break the simulator, by chance that follows from a seed:
 *
 *     npm run soak -- --size small
 *     npm run soak -- --size full --only kills --seed 2 --json soak.json
 *
 * Every part says what it found; a promise that was broken is a failure, printed with what makes it happen again,
 * and the command ends with 1. docs/reliability.md has what the full size found.
 */

const parts: readonly Part[] = [journal, kills, mutants, queue, scenarios, workers];

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'small' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const size = sizeOf(values.size);
const seed = Number(values.seed);
const asked = values.only === '' ? parts : parts.filter(({ name }) => values.only.split(',').includes(name));
if (asked.length === 0)
  refuse(`--only: is ${values.only}, expected some of ${parts.map(({ name }) => name).join()}`);

const stop = new AbortController();
process.once('SIGINT', () => {
  console.error('Stopping: what was found so far comes next. Ctrl-C again quits at once.');
  stop.abort();
});

const found: Record<string, Found & { readonly seconds: number }> = {};
for (const part of asked) {
  if (stop.signal.aborted) break;
  console.log(`${part.name}: ${part.what}`);
  const startedAt = performance.now();
  const { figures, failures } = await part.run(size, seed, stop.signal);
  const seconds = Math.round((performance.now() - startedAt) / 1e3);
  found[part.name] = { figures, failures, seconds };
  for (const failure of failures) console.log(`  FAILED ${failure}`);
}
show();
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(document(), null, 2)}\n`);
const broken = Object.values(found).reduce((sum, { failures }) => sum + failures.length, 0);
console.log(`${broken} promises broken`);
if (stop.signal.aborted) console.log('Stopped before the end: the counts say how far it came.');
process.exitCode = stop.signal.aborted ? 130 : broken === 0 ? 0 : 1;

function show(): void {
  const table = new Table({ head: ['part', 'figure', 'count'], style: { head: [], border: [] } });
  for (const [name, { figures, failures, seconds }] of Object.entries(found)) {
    const rows = { ...figures, failures: failures.length, seconds };
    Object.entries(rows).forEach(([figure, count], i) => table.push([i === 0 ? name : '', figure, count]));
  }
  console.log(table.toString());
}

function document() {
  const git = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
  const commit = git.status === 0 ? git.stdout.trim() : null;
  return { size, seed, commit, node: process.version, stopped: stop.signal.aborted, parts: found };
}

function sizeOf(text: string): Size {
  if (text === 'small' || text === 'full') return text;
  return refuse(`--size: is ${text}, expected small or full`);
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
