import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Found, Part, Size } from '../part.js';
import type { Line } from './child.js';
import type { Kind } from './kind.js';
import { kinds } from './kinds.js';
import { limits } from './limits.js';

const counts: Readonly<Record<Size, number>> = { small: 150, full: 5000 };

/** Mutants of every kind of file that the program reads. */
export const mutants: Part = {
  name: 'mutants',
  what:
    'files that were damaged, or made to do harm: read, or refused in short lines; ' +
    `within ${limits.seconds} s and ${limits.megabytes} MB`,
  async run(size, seed, stop) {
    const root = mkdtempSync(join(tmpdir(), 'pwff-soak-mutants-'));
    try {
      const found: Found[] = [];
      for (const kind of kinds) {
        if (!stop.aborted) found.push(await tried(kind, counts[size], seed, root));
      }
      return {
        figures: Object.assign({}, ...found.map(({ figures }) => figures)) as Found['figures'],
        failures: found.flatMap(({ failures }) => failures),
      };
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

async function tried(kind: Kind, count: number, seed: number, root: string): Promise<Found> {
  const samples = join(root, kind.name);
  for (const [name, { write }] of Object.entries(kind.samples)) {
    mkdirSync(join(samples, name), { recursive: true });
    await write(join(samples, name));
  }
  const is = { read: 0, refused: 0, broken: 0 };
  const failures: string[] = [];
  let slowest = 0;
  const broken = (mutant: number, why: string) => {
    is.broken += 1;
    failures.push(`${kind.name} ${mutant}, seed ${seed}: ${why}`);
  };
  // A process that a mutant has ended is followed by another, from the next mutant on.
  for (let next = 0; next < count;) {
    const from = next;
    const { code, last, words } = await life(
      [kind.name, String(seed), String(from), String(count), samples, join(root, 'work')],
      (line) => {
        if ('begins' in line) return;
        slowest = Math.max(slowest, line.seconds);
        next = line.mutant + 1;
        if (line.is === 'broken') broken(line.mutant, line.why);
        else is[line.is] += 1;
      },
    );
    if (code === 0) break;
    if (last === null) throw new Error(`${kind.name}: the sound samples are not read: ${words}`);
    if (last === next) broken(next++, `ended the process with ${code}: ${words}`);
  }
  return {
    figures: {
      [`${kind.name}: mutants`]: count,
      [`${kind.name}: read`]: is.read,
      [`${kind.name}: refused`]: is.refused,
      [`${kind.name}: slowest, in ms`]: Math.round(slowest * 1e3),
    },
    failures,
  };
}

/** How a process ended, the mutant that it began last, and what it said of its end. */
async function life(args: readonly string[], heard: (line: Line) => void) {
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${limits.megabytes}`,
      fileURLToPath(new URL('child.js', import.meta.url)),
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  let words = '';
  let last: number | null = null;
  child.stderr.on('data', (text: Buffer) => (words = `${words}${String(text)}`.slice(-4000)));
  const hangs = setTimeout(() => child.kill('SIGKILL'), limits.hangSeconds * 1e3);
  for await (const text of createInterface({ input: child.stdout })) {
    hangs.refresh();
    const line = JSON.parse(text) as Line;
    last = line.mutant;
    heard(line);
  }
  const [code, signal] = await closed;
  clearTimeout(hangs);
  const said = words.split('\n').find((line) => /error|fatal/i.test(line)) ?? words;
  return { code: code ?? signal, last, words: said.trim().slice(0, 300) };
}
