import type { TokenTable } from '../learning/data/token-table.js';
import type { Example } from '../learning/data/types.js';
import type { PerObjective } from '../learning/objective.js';
import type { RewardScale } from '../learning/training/reward-scale.js';
import type { RewardParams } from '../learning/training/task.js';

/** What a client's policy answered when it was measured in alignment, one after the other, and how it was judged. */
export interface MeasuredResponses {
  /** 0: before alignment. */
  readonly round: number;
  /** The prompts, by their rows among the client's held-out ones. */
  readonly rows: readonly number[];
  readonly prompts: TokenTable;
  readonly examples: readonly Pick<Example, 'topic'>[];
  readonly texts: readonly string[];
  readonly ended: readonly boolean[];
  /** Standardised, by objective. */
  readonly scores: PerObjective<ArrayLike<number>>;
  /** The reward models that judged. */
  readonly params: RewardParams;
  readonly scale: PerObjective<RewardScale>;
}

/** Those of a client's first and of its newest measured round; the same where there was one. */
export interface FirstAndLast {
  readonly first: MeasuredResponses;
  readonly last: MeasuredResponses;
}

/** Keeps a client's responses, if they are of its first round, or of the newest. */
export function keepResponses(
  { responses }: { readonly responses: Map<string, FirstAndLast> },
  id: string,
  measured: MeasuredResponses,
): void {
  const { first, last } = responses.get(id) ?? { first: measured, last: measured };
  responses.set(id, {
    first: measured.round < first.round ? measured : first,
    last: measured.round >= last.round ? measured : last,
  });
}
