import type { Stage } from '../../machines/protocol.js';
import { readWhole, type RowReader } from './row-reader.js';
import type { MessageRow } from './rows.js';
import type { StalenessCount } from './summary.js';

/**
 * Of the updates of each stage that were averaged: how many were so many versions behind. An update of round r that
 * is in the aggregate of round a is a − r versions behind. The two of a client's reward models are two.
 */
export class Staleness implements RowReader {
  readonly #counts: Readonly<Record<Stage, Map<number, number>>> = {
    instruction: new Map(),
    reward: new Map(),
    alignment: new Map(),
  };

  message({ stage, round, aggregatedIn }: MessageRow): void {
    if (aggregatedIn === null) return;
    const [counts, versions] = [this.#counts[stage], aggregatedIn - round];
    counts.set(versions, (counts.get(versions) ?? 0) + 1);
  }

  /** Of each stage, fewest versions first. */
  get counts(): Readonly<Record<Stage, readonly StalenessCount[]>> {
    const of = (stage: Stage) =>
      [...this.#counts[stage]]
        .sort(([a], [b]) => a - b)
        .map(([versions, updates]) => ({ versions, updates }));
    return { instruction: of('instruction'), reward: of('reward'), alignment: of('alignment') };
  }
}

/** The counts of messages that are at hand. */
export function stalenessOfStages(messages: readonly MessageRow[]): Staleness['counts'] {
  return readWhole(new Staleness(), { messages }).counts;
}
