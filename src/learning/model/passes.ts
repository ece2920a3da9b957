import type { ModelConfig } from './config.js';

/** How much goes through a model at once. */
interface PassSize {
  readonly tokens: number;
  /** Absent: as many as there are. */
  readonly rows?: number;
}

/** Of a reward model: enough to keep the backend busy, few enough for its memory. */
const rewardPass: PassSize = { tokens: 2048 };

/** Consecutive items that together have at most so many tokens, and rows; one alone may have more tokens. */
export function inPasses<T>(
  items: readonly T[],
  tokensOf: (item: T) => number,
  { tokens: most, rows = Infinity }: PassSize = rewardPass,
): T[][] {
  const result: T[][] = [];
  let room = 0;
  for (const item of items) {
    const tokens = tokensOf(item);
    if (result.length === 0 || room < tokens || result.at(-1)!.length === rows) {
      result.push([]);
      room = most;
    }
    result.at(-1)!.push(item);
    room -= tokens;
  }
  return result;
}

/**
 * Numbers of width times blocks times tokens in a pass with gradients: 455 tokens of GPT-2 small, and 14,563 of the
 * embedded model.
 */
const statesAtOnce = 2 ** 22;

/** Tokens of a pass with gradients, which keeps all states of each block. */
export function trainedAtOnce({ n_layer, n_embd }: ModelConfig): number {
  return Math.max(1, Math.floor(statesAtOnce / (n_layer * n_embd)));
}

/** Tokens of a pass without any, which takes half of the memory. */
export function readAtOnce(config: ModelConfig): number {
  return 2 * trainedAtOnce(config);
}
