import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../../src/errors.js';
import { stream } from '../../src/simulation/random/stream.js';
import type { Sample } from './kind.js';
import { kinds } from './kinds.js';
import { limits } from './limits.js';
import { mutated, one } from './mutate.js';

/*
 * Reads mutants of one kind, one after the other, and prints a line of JSON for each:
 *
 *     node dist/soak/mutants/child.js <kind> <seed> <from> <to> <folder of the samples> <folder to work in>
 *
 * Number, seed and kind give a mutant: asked for alone, its files stay in the folder to work in.
 */

/** What became of a mutant; the first line says that it is being read. */
export type Line =
  | { readonly mutant: number; readonly begins: true }
  | { readonly mutant: number; readonly is: 'read' | 'refused'; readonly seconds: number }
  | { readonly mutant: number; readonly is: 'broken'; readonly seconds: number; readonly why: string };

// Ctrl-C is for the process that asks: this one reads its mutants to the end.
process.on('SIGINT', () => {});

const [name, seed, from, to, samplesFolder, work] = process.argv.slice(2) as [
  ...[string, string, string, string, string, string],
];
const kind = kinds.find((each) => each.name === name);
if (kind === undefined) throw new Error(`${name} is no kind of file`);

for (const [sample, { read }] of Object.entries(kind.samples)) await read(copyOf(sample));
for (let mutant = Number(from); mutant < Number(to); mutant++) {
  const draw = stream(Number(seed), 'soak', 'mutants', name, mutant);
  const [sample, how] = one(Object.entries(kind.samples), draw);
  const folder = copyOf(sample);
  const file = one(filesIn(folder), draw);
  writeFileSync(join(folder, file), mutated(file, readFileSync(join(folder, file)), draw));
  say({ mutant, begins: true });
  say(await tried(mutant, how, folder));
}

function copyOf(sample: string): string {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  cpSync(join(samplesFolder, sample), work, { recursive: true });
  return work;
}

function filesIn(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((each) => statSync(join(folder, each)).isFile()).sort();
}

async function tried(mutant: number, { read }: Sample, folder: string): Promise<Line> {
  const before = process.cpuUsage();
  const found = await read(folder).then(
    () => ({ is: 'read' }) as const,
    (thrown: unknown) => refusal(thrown, folder),
  );
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const why = found.is === 'broken' ? found.why : brokenSince(seconds);
  return why === null ? { mutant, ...found, seconds } : { mutant, is: 'broken', seconds, why };
}

function brokenSince(seconds: number): string | null {
  if (seconds > limits.seconds) return `took ${seconds.toFixed(1)} s of processor time`;
  const { polluted } = {} as { polluted?: unknown };
  if (polluted !== undefined) return 'gave every object a property';
  const megabytes = process.resourceUsage().maxRSS / 1024;
  return megabytes > 2 * limits.megabytes ? `took ${Math.round(megabytes)} MB of memory` : null;
}

function refusal(thrown: unknown, folder: string) {
  if (!(thrown instanceof UserError)) {
    const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
    const where = stack.split('\n').find((line) => /dist\//.test(line)) ?? '';
    return { is: 'broken', why: `threw ${messageOf(thrown).slice(0, 200)} ${where.trim()}` } as const;
  }
  const { message } = thrown;
  const lines = message.replaceAll(folder, '').split('\n');
  const longest = Math.max(...lines.map(({ length }) => length));
  if (longest > limits.lineCharacters)
    return { is: 'broken', why: `a line of ${longest} characters` } as const;
  if (lines.length > limits.lines)
    return { is: 'broken', why: `a message of ${lines.length} lines` } as const;
  const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(message);
  if (control) return { is: 'broken', why: `prints U+${control[0].charCodeAt(0).toString(16)}` } as const;
  if (/\n\s+at /.test(message)) return { is: 'broken', why: 'prints a stack' } as const;
  return { is: 'refused' } as const;
}

/** At once: what comes next may end the process. */
function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
