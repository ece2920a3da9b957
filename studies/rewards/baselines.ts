import type { PreferencePair } from '../../src/learning/data/types.js';

/*
 * What a reward model has to beat. Each baseline is fitted to training pairs and gives the margin of any
 * pair: above 0 where it prefers the chosen answer, 0 where it cannot tell.
 */

type Pairs = readonly PreferencePair[];

/** The margin that a baseline gives a pair. */
export type Margin = (pair: PreferencePair) => number;

export interface LengthBaseline {
  readonly prefers: 'longer' | 'shorter';
  readonly margin: Margin;
}

/** Prefers the longer answer, in characters, or the shorter, whichever ranks the training pairs better. */
export function lengthBaseline(train: Pairs): LengthBaseline {
  const longer: Margin = ({ chosen, rejected }) => chosen.length - rejected.length;
  return 2 * rightOf(train, longer) >= train.length
    ? { prefers: 'longer', margin: longer }
    : { prefers: 'shorter', margin: (pair) => -longer(pair) };
}

/** How many pairs a margin ranks right; a tie counts half. */
export function rightOf(pairs: Pairs, margin: Margin): number {
  return pairs.reduce((sum, pair) => {
    const found = margin(pair);
    return sum + (found > 0 ? 1 : found === 0 ? 0.5 : 0);
  }, 0);
}

export interface BagOfWordsOptions {
  /** Words of fewer training answers are left out. */
  readonly minimumAnswers: number;
  /** λ of the penalty λ/2 · |w|² beside the mean loss. */
  readonly ridge: number;
  readonly iterations: number;
}

const bagOfWordsDefaults: BagOfWordsOptions = { minimumAnswers: 5, ridge: 0.01, iterations: 300 };

/**
 * Logistic regression on which words an answer has: Bradley–Terry with score = w · (1 for each word of the
 * answer), without an intercept, since a pair has no order. Fitted by Nesterov's method of constant momentum
 * for a loss of curvature between λ and L = largest squared difference / 4 + λ (Nesterov, Introductory
 * Lectures on Convex Optimization, 2004, (2.2.11)).
 */
export function bagOfWords(train: Pairs, options: Partial<BagOfWordsOptions> = {}): Margin {
  const { minimumAnswers, ridge, iterations } = { ...bagOfWordsDefaults, ...options };
  const vocabulary = vocabularyOf(train, minimumAnswers);
  const rows = train.map((pair) => differences(pair, vocabulary));
  const largest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const curvature = largest / 4 + ridge;
  const root = Math.sqrt(curvature / ridge);
  const momentum = (root - 1) / (root + 1);
  let weights = new Float64Array(vocabulary.size);
  let ahead = weights;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const slopes = gradientAt(ahead, rows, ridge);
    const next = ahead.map((weight, word) => weight - slopes[word]! / curvature);
    ahead = next.map((weight, word) => weight + momentum * (weight - weights[word]!));
    weights = next;
  }
  return (pair) => dot(weights, differences(pair, vocabulary));
}

/** Gradient of the mean of −log σ(margin) over the pairs, with the penalty. */
function gradientAt(
  weights: Float64Array,
  rows: readonly (readonly Difference[])[],
  ridge: number,
): Float64Array {
  const gradient = weights.map((weight) => ridge * weight);
  for (const row of rows) {
    const pull = 1 / (1 + Math.exp(dot(weights, row))) / rows.length;
    for (const { word, sign } of row) gradient[word]! -= pull * sign;
  }
  return gradient;
}

interface Difference {
  readonly word: number;
  readonly sign: 1 | -1;
}

/** Words that one answer of a pair has and the other has not. */
function differences(
  { chosen, rejected }: PreferencePair,
  vocabulary: ReadonlyMap<string, number>,
): Difference[] {
  const [one, other] = [wordsOf(chosen), wordsOf(rejected)];
  const only = (words: ReadonlySet<string>, without: ReadonlySet<string>, sign: 1 | -1) =>
    [...words].flatMap((word): Difference[] => {
      const index = vocabulary.get(word);
      return index === undefined || without.has(word) ? [] : [{ word: index, sign }];
    });
  return [...only(one, other, 1), ...only(other, one, -1)];
}

function vocabularyOf(pairs: Pairs, minimumAnswers: number): ReadonlyMap<string, number> {
  const answers = new Map<string, number>();
  for (const { chosen, rejected } of pairs) {
    for (const word of [...wordsOf(chosen), ...wordsOf(rejected)]) {
      answers.set(word, (answers.get(word) ?? 0) + 1);
    }
  }
  const frequent = [...answers].filter(([, count]) => count >= minimumAnswers);
  return new Map(frequent.map(([word], index) => [word, index]));
}

function wordsOf(answer: string): ReadonlySet<string> {
  return new Set(answer.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []);
}

function dot(weights: Float64Array, row: readonly Difference[]): number {
  return row.reduce((sum, { word, sign }) => sum + sign * weights[word]!, 0);
}
