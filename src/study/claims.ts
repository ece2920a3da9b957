import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { greatest } from '../extremes.js';
import { codeOf, created, isRunning, ownerOf, textAt, thisProcess } from '../records/owner.js';

/** Seconds after which a claim that nobody touched is taken over, and between two touches of one that is held. */
export const claimTimes = { staleSeconds: 120, touchSeconds: 10 };

/** The right to do one run. */
export interface Claim {
  /** Which claim on the run it is, from 1: above 1, earlier ones were given up or taken over. */
  readonly number: number;
  /** Whether nobody has taken it over. */
  isHeld(): boolean;
  /** The run is not done: the next may claim it. */
  giveUp(): void;
  /** The run's folder stands, and nobody will claim it any more. */
  remove(): void;
}

/**
 * Claims in a folder that several processes share, on several machines too. The n-th claim on a run is the file
 * `<id>.<n>`, made by exclusive creation. Only the highest number counts, and as long as the run is not done no file
 * goes away: so of all who find that claim given up, or stale, exactly one makes number n + 1.
 */
export class Claims {
  readonly #folder: string;
  readonly #staleSeconds: number;
  readonly #held = new Map<string, string>();
  readonly #touching: NodeJS.Timeout;

  constructor(folder: string, { staleSeconds, touchSeconds } = claimTimes) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#staleSeconds = staleSeconds;
    this.#touching = setInterval(() => this.#touch(), touchSeconds * 1e3);
    this.#touching.unref();
  }

  /** Claims a run; null where another one has it. */
  take(id: string): Claim | null {
    const newest = this.#newest(id);
    if (newest > 0 && !this.#isFree(this.#path(id, newest))) return null;
    const number = newest + 1;
    const path = this.#path(id, number);
    const own = JSON.stringify({ ...thisProcess(), claim: number });
    if (!created(path, own)) return null;
    this.#held.set(path, own);
    return {
      number,
      isHeld: () => this.#newest(id) === number,
      giveUp: () => {
        this.#held.delete(path);
        overwrite(path, givenUp.padEnd(own.length));
      },
      remove: () => {
        this.#held.delete(path);
        for (const name of this.#filesOf(id)) rmSync(join(this.#folder, name), { force: true });
      },
    };
  }

  /** Stops touching; what is held still becomes stale. */
  close(): void {
    clearInterval(this.#touching);
  }

  /** Writing gives a file the time of the disk that all share, whatever the clocks of its machines say. */
  #touch(): void {
    for (const [path, own] of this.#held) overwrite(path, own);
  }

  #isFree(path: string): boolean {
    const text = textAt(path);
    if (text === null || text.trim() === givenUp) return true;
    const owner = ownerOf(text);
    return (owner !== null && !isRunning(owner)) || this.#age(path) > this.#staleSeconds;
  }

  /** Seconds since a file was written, by the clock of the disk that it lies on. */
  #age(path: string): number {
    const probe = join(this.#folder, `.now-${hostname()}-${process.pid}`);
    writeFileSync(probe, '.');
    const now = statSync(probe).mtimeMs;
    rmSync(probe, { force: true });
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return written === undefined ? Infinity : (now - written) / 1e3;
  }

  #newest(id: string): number {
    return greatest([0, ...this.#filesOf(id).map((name) => Number(name.slice(id.length + 1)))]);
  }

  #filesOf(id: string): readonly string[] {
    return readdirSync(this.#folder).filter((name) => name.startsWith(`${id}.`));
  }

  #path(id: string, number: number): string {
    return join(this.#folder, `${id}.${number}`);
  }
}

const givenUp = 'given up';

/** In place: a reader finds the old text or the new one, which is as long; what is gone stays gone. */
function overwrite(path: string, text: string): void {
  try {
    const file = openSync(path, 'r+');
    writeSync(file, text, 0);
    closeSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
