/** How much is done: what CI runs, or what docs/reliability.md records. */
export type Size = 'small' | 'full';

/** A part of the soak. */
export interface Part {
  readonly name: string;
  /** What it tries and expects, in words. */
  readonly what: string;
  /**
   * `seed` keys every draw. Resolves with what was found, whatever that is, and early where `stop` is aborted and the part
   * takes long; rejects where the part itself is broken.
   */
  run(size: Size, seed: number, stop: AbortSignal): Promise<Found>;
}

export interface Found {
  /** Counts by what they count, for the table and the JSON file. */
  readonly figures: Readonly<Record<string, number>>;
  /** A line for each promise that was broken, with what makes it happen again. */
  readonly failures: readonly string[];
}
