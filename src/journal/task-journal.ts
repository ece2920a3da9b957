import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { nestsTooDeep } from '../nesting.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { TaskKind, TaskResult } from '../learning/training/task.js';
import { writeWhole } from '../records/write-whole.js';
import { Blobs } from './blobs.js';
import { decoded, encoded, isDecodable, setsIn, type Json } from './coded-result.js';
import { nameOfIdentity, type Identity } from './identity.js';

/** One finished task: its key (see `taskRequest`), and what it gave. */
interface Entry {
  readonly key: string;
  readonly kind: TaskKind;
  readonly result: Json;
}

/** What a run asks of its journal. */
export type Journal = Pick<TaskJournal, 'damaged' | 'find' | 'keep'>;

/**
 * The finished tasks of a run, or of several that share a folder (decision D5): entries in files that only grow,
 * one file for each process that writes, and the parameters beside them as blobs. An entry is a line with a
 * checksum in front; one that does not hold, or whose parameters are not whole, counts as never written, so that
 * its task is run again. Entries of another identity are not seen.
 */
export class TaskJournal {
  readonly #folder: string;
  readonly #blobs: Blobs;
  readonly #own: string;
  readonly #entries = new Map<string, Entry>();
  /** Bytes that were read of each file. */
  readonly #read = new Map<string, number>();
  #damaged = 0;

  /** Opens a folder's journal, or begins one. Throws what the system refuses. */
  constructor(folder: string, identity: Identity) {
    const writer = `${hostname()}-${process.pid}`;
    this.#folder = join(folder, nameOfIdentity(identity));
    this.#own = join(this.#folder, `${writer}.tasks`);
    this.#blobs = new Blobs(join(this.#folder, 'blobs'), writer);
    mkdirSync(this.#folder, { recursive: true });
    writeWhole(join(this.#folder, 'identity.json'), `${JSON.stringify(identity, null, 2)}\n`);
    this.#readOn();
    // The last line of a process that was killed may be half a line.
    if (existsSync(this.#own)) appendFileSync(this.#own, '\n');
  }

  /** Entries that could not be used, up to now. */
  get damaged(): number {
    return this.#damaged;
  }

  /** What the task of this key gave; null where it is not known. */
  async find(key: string): Promise<TaskResult | null> {
    if (!this.#entries.has(key)) this.#readOn();
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    const sets = new Map<string, ParamSet>();
    for (const address of setsIn(entry.result)) {
      const set = await this.#blobs.find(address);
      if (set === null) {
        this.#entries.delete(key);
        this.#damaged += 1;
        return null;
      }
      sets.set(address.hash, set);
    }
    return decoded(entry.result, (hash) => sets.get(hash)!) as TaskResult;
  }

  /** Remembers what a task gave. Rejects, naming the folder, with what the system refuses. */
  async keep(key: string, kind: TaskKind, result: TaskResult): Promise<void> {
    const sets: ParamSet[] = [];
    const entry: Entry = { key, kind, result: encoded(result, (set) => sets.push(set)) };
    try {
      for (const set of sets) await this.#blobs.keep(set);
      appendFileSync(this.#own, lineOf(entry));
    } catch (cause) {
      throw new Error(`${this.#folder}: cannot be written (${messageOf(cause)})`);
    }
    this.#entries.set(key, entry);
  }

  /** Reads what has come into the files since: other processes may be writing too. */
  #readOn(): void {
    for (const name of readdirSync(this.#folder).filter((each) => each.endsWith('.tasks'))) {
      const file = join(this.#folder, name);
      const from = this.#read.get(file) ?? 0;
      if (statSync(file).size === from) continue;
      const text = readFileSync(file).subarray(from);
      const whole = text.lastIndexOf('\n') + 1;
      this.#read.set(file, from + whole);
      for (const line of text.subarray(0, whole).toString('utf8').split('\n')) this.#take(line);
    }
  }

  #take(line: string): void {
    if (line === '') return;
    const entry = entryOf(line);
    if (entry === null) this.#damaged += 1;
    else this.#entries.set(entry.key, entry);
  }
}

const checksumDigits = 16;

function lineOf(entry: Entry): string {
  const text = JSON.stringify(entry);
  return `${checksumOf(text)} ${text}\n`;
}

function entryOf(line: string): Entry | null {
  const text = line.slice(checksumDigits + 1);
  if (line.slice(0, checksumDigits) !== checksumOf(text)) return null;
  return nestsTooDeep(text) ? null : entryIn(text);
}

/** A checksum that holds says nothing of who made it. */
function entryIn(text: string): Entry | null {
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    const { key, kind, result } = entry ?? {};
    return typeof key === 'string' && typeof kind === 'string' && isDecodable(result)
      ? (entry as Entry)
      : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

const checksumOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, checksumDigits);
