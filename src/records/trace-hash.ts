import { createHash } from 'node:crypto';
import { canonicalJson } from './exact-json.js';

/**
 * SHA-256 over the events of a run in their order. Each event counts as its canonical JSON (keys sorted) and
 * a line feed, so that `sha256sum` of the same lines in a file gives the same hash.
 */
export class TraceHash {
  readonly #hash = createHash('sha256');
  #events = 0;

  get events(): number {
    return this.#events;
  }

  /** Adds an event; throws a RangeError if it holds a number that JSON cannot express. */
  add(event: object): void {
    this.#hash.update(`${canonicalJson(event, `event ${this.#events}`)}\n`);
    this.#events += 1;
  }

  /** The hash of the events so far, hexadecimal; more may follow. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
