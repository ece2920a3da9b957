import { firstNonFinite } from '../params/finite.js';
import type { Stream } from '../../simulation/random/stream.js';

/** How a token is drawn from its scores; the filters apply in this order, as in Hugging Face's generate. */
export interface Sampling {
  /** Divides the scores; 0 takes the likeliest token, whatever the filters. */
  readonly temperature: number;
  /** Only this many likeliest tokens (and those equal to the last of them); absent or 0: all. */
  readonly topK?: number;
  /** Only the fewest likeliest tokens whose shares sum to at least this; absent or 1: all. */
  readonly topP?: number;
}

/**
 * A token drawn from softmax(scores / temperature) of those that the filters leave, by one uniform draw.
 *
 * @throws RangeError where a score is NaN or infinite, of which no token could be drawn.
 */
export function drawToken(scores: Float32Array, sampling: Sampling, stream: Stream): number {
  const { temperature, topK = 0, topP = 1 } = sampling;
  const bad = firstNonFinite(scores);
  if (bad >= 0) {
    throw new RangeError(
      `the score of token ${bad} is ${scores[bad]}, expected a finite number; likely a learning rate is too large`,
    );
  }
  const best = likeliest(scores);
  if (temperature === 0) return best;
  const weights = new Float64Array(scores.length);
  const highest = scores[best]!;
  for (let v = 0; v < scores.length; v++) weights[v] = Math.exp((scores[v]! - highest) / temperature);
  if (topK > 0 && topK < weights.length) dropBelow(weights, kthLargest(weights, topK));
  if (topP < 1) dropBelow(weights, smallestOfNucleus(weights, topP));
  let total = 0;
  for (let v = 0; v < weights.length; v++) total += weights[v]!;
  let rest = stream.uniform() * total;
  for (let v = 0; v < weights.length; v++) {
    rest -= weights[v]!;
    if (rest < 0) return v;
  }
  return best;
}

function likeliest(scores: Float32Array): number {
  let best = 0;
  for (let v = 1; v < scores.length; v++) if (scores[v]! > scores[best]!) best = v;
  return best;
}

function dropBelow(weights: Float64Array, least: number): void {
  for (let v = 0; v < weights.length; v++) if (weights[v]! < least) weights[v] = 0;
}

function kthLargest(weights: Float64Array, k: number): number {
  return weights.slice().sort()[weights.length - k]!;
}

/** The weight of the last token that the nucleus needs (Holtzman et al. 2020). */
function smallestOfNucleus(weights: Float64Array, topP: number): number {
  const ascending = weights.slice().sort();
  const enough = topP * ascending.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  for (let i = ascending.length - 1; i > 0; i--) {
    sum += ascending[i]!;
    if (sum >= enough) return ascending[i]!;
  }
  return ascending[0]!;
}
