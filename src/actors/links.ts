import { withFaults, withSnrOffset } from '../radio/channel/changes.js';
import { faultPointer } from '../radio/channel/faults/faults.js';
import type { Fault } from '../radio/channel/faults/settings.js';
import type { Link } from '../radio/channel/link.js';

/** Some links of a run; what is absent is any. */
export interface WhichLinks {
  readonly client?: string;
  readonly direction?: 'uplink' | 'downlink';
}

/** The links of a run as the scenario makes them and its timeline changes them. */
export class Links {
  readonly #scenarios: readonly Link[];
  readonly #links: Map<string, Link>;
  readonly #offsets = new Map<string, number>();
  readonly #rates = new Map<string, number>();
  readonly #pointers: string[];
  #faults: readonly Fault[];
  /** Whether all clients' updates go on the air at once. */
  readonly sendOverTheAir: boolean;

  constructor(links: readonly Link[], faults: readonly Fault[]) {
    this.#scenarios = links;
    this.sendOverTheAir = links.some(({ air }) => air !== null);
    this.#links = new Map(links.map((link) => [link.id, link]));
    this.#faults = faults;
    this.#pointers = faults.map((_, index) => faultPointer(index));
  }

  /** All of them, as they are now. */
  get all(): readonly Link[] {
    return [...this.#links.values()];
  }

  /** One of them as it is now. Error where none is called so. */
  of(id: string): Link {
    const link = this.#links.get(id);
    if (!link) throw new Error(`no link is called ${id}`);
    return link;
  }

  /** JSON pointer into the scenario to what made a fault, by the fault's place among all of the run. */
  pointerOf(index: number): string {
    return this.#pointers[index]!;
  }

  /** One more fault, which `pointer` tells of. */
  addFault(fault: Fault, pointer: string): void {
    this.#faults = [...this.#faults, fault];
    this.#pointers.push(pointer);
    this.#make();
  }

  /** Mean SNR of some links: the scenario's and so many dB. */
  offsetSnr(which: WhichLinks, offsetDb: number): void {
    for (const { id } of this.#meant(which)) this.#offsets.set(id, offsetDb);
    this.#make();
  }

  /** Rate of some links: the scenario's, times a factor. */
  setRate(which: WhichLinks, factor: number): void {
    for (const { id } of this.#meant(which)) this.#rates.set(id, factor);
    this.#make();
  }

  #meant({ client, direction }: WhichLinks): readonly Link[] {
    return this.#scenarios.filter(
      (link) =>
        (client === undefined || link.id.startsWith(`${client}/`)) &&
        (direction === undefined || link.direction === direction),
    );
  }

  #make(): void {
    for (const link of this.#scenarios) {
      const [offset, factor] = [this.#offsets.get(link.id) ?? 0, this.#rates.get(link.id) ?? 1];
      // A rate is a fault of this link alone, after those that have pointers.
      const own: readonly Fault[] = factor === 1 ? [] : [{ effect: 'slow', factor }];
      const made = offset === 0 ? link : withSnrOffset(link, offset);
      this.#links.set(link.id, withFaults(made, [...this.#faults, ...own]));
    }
  }
}
