import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Identity } from '../src/journal/identity.js';
import { TaskJournal } from '../src/journal/task-journal.js';
import type { TaskResult } from '../src/learning/training/task.js';
import { runScenario } from '../src/run/run.js';
import { packageRoot } from '../src/paths.js';
import { loadScenario } from '../src/scenario/load.js';
import { stream } from '../src/simulation/random/stream.js';
import type { Found, Part, Size } from './part.js';

const flips: Readonly<Record<Size, number>> = { small: 50, full: 1000 };

/** The journal of a real run, cut off at the end of each entry, and with single bits flipped in any of its files. */
export const journal: Part = {
  name: 'journal',
  what: 'the journal of a real run, cut off and with bits flipped: each task gives what was kept, or nothing',
  run: async (size, seed) => {
    const root = mkdtempSync(join(tmpdir(), 'pwff-soak-journal-'));
    try {
      return await damaged(await Kept.byARun(root), flips[size], seed);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

/** A journal on disk, and what it gives while it is whole. */
class Kept {
  private constructor(
    readonly cache: string,
    readonly identity: Identity,
    /** Entries and parameters, by their paths. */
    readonly files: readonly string[],
    readonly results: ReadonlyMap<string, TaskResult | null>,
  ) {}

  static async byARun(root: string): Promise<Kept> {
    const cache = join(root, 'cache');
    const { scenario, folder } = await loadScenario(join(packageRoot(), 'scenarios/tiny.json'));
    const { ended } = await runScenario({
      ...{
        scenario,
        folder,
        outFolder: join(root, 'run'),
        workers: 1,
        backend: 'wasm',
        journal: { folder: cache },
      },
    });
    if (ended.reason !== 'finished') throw new Error(`the run ended as ${JSON.stringify(ended)}`);
    const all = readdirSync(cache, { recursive: true, encoding: 'utf8' }).map((name) => join(cache, name));
    const identityFile = all.find((file) => file.endsWith('identity.json'))!;
    const identity = JSON.parse(readFileSync(identityFile, 'utf8')) as Identity;
    const files = all.filter((file) => file !== identityFile && statSync(file).isFile());
    const keys = files
      .filter(isEntries)
      .flatMap((file) => readFileSync(file, 'utf8').match(/(?<="key":")\w+/g)!);
    const whole = new Kept(cache, identity, files, new Map(keys.map((key) => [key, null])));
    return new Kept(cache, identity, files, await whole.found());
  }

  /** What each task gives now, by its key. */
  async found(): Promise<ReadonlyMap<string, TaskResult | null>> {
    const opened = new TaskJournal(this.cache, this.identity);
    const found = new Map<string, TaskResult | null>();
    for (const key of this.results.keys()) found.set(key, await opened.find(key));
    return found;
  }

  /** Counts what a damaged file gives as it was, or not at all; throws where a task gives anything else. */
  async with(file: string, bytes: Buffer): Promise<{ readonly lost: number }> {
    const before = readFileSync(file);
    try {
      writeFileSync(file, bytes);
      let lost = 0;
      for (const [key, result] of await this.found()) {
        if (result === null) lost += 1;
        else if (!isDeepStrictEqual(result, this.results.get(key)))
          throw new Error(`task ${key} gives another result`);
      }
      return { lost };
    } finally {
      writeFileSync(file, before);
    }
  }
}

const isEntries = (file: string) => file.endsWith('.tasks');

async function damaged(kept: Kept, wanted: number, seed: number): Promise<Found> {
  const figures = { tasks: kept.results.size, 'cut off': 0, 'bits flipped': 0, 'tasks lost': 0 };
  const failures: string[] = [];
  const damage = async (what: 'cut off' | 'bits flipped', where: string, file: string, bytes: Buffer) => {
    figures[what] += 1;
    try {
      figures['tasks lost'] += (await kept.with(file, bytes)).lost;
    } catch (error) {
      failures.push(`${what}, ${where}, seed ${seed}: ${String(error)}`);
    }
  };
  for (const file of kept.files.filter(isEntries)) {
    const bytes = readFileSync(file);
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
    // Whole lines, lines without their end, and the beginning of the next.
    for (const end of [0, ...ends.flatMap((at) => [at, at + 1, at + 2])]) {
      await damage('cut off', `byte ${end}`, file, bytes.subarray(0, end));
    }
  }
  const draw = stream(seed, 'soak', 'journal');
  for (let flip = 0; flip < wanted; flip++) {
    const file = kept.files[draw.below(kept.files.length)]!;
    const bytes = readFileSync(file);
    const at = draw.below(bytes.length);
    bytes[at]! ^= 1 << draw.below(8);
    await damage('bits flipped', `flip ${flip}, byte ${at}`, file, bytes);
  }
  return { figures, failures };
}
