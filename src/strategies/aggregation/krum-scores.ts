import { squaredDistance, type Vector } from './coordinates.js';

/** Squared distances between all vectors. */
export function distancesOf(vectors: readonly Vector[]): readonly (readonly number[])[] {
  const distances = vectors.map(() => new Array<number>(vectors.length).fill(0));
  for (let a = 0; a < vectors.length; a++) {
    for (let b = 0; b < a; b++) {
      distances[a]![b] = distances[b]![a] = squaredDistance(vectors[a]!, vectors[b]!);
    }
  }
  return distances;
}

/**
 * The vectors `among` others by Krum's score, the best first, of equals the first: the sum of the squared
 * distances to the n − f − 2 nearest of the others (Blanchard et al., Machine Learning with Adversaries, NIPS
 * 2017), n being how many they are, and to at least one.
 */
export function byKrum(
  distances: readonly (readonly number[])[],
  byzantine: number,
  among: readonly number[] = distances.map((_, index) => index),
): readonly number[] {
  const neighbours = Math.max(1, among.length - byzantine - 2);
  const score = (one: number): number => {
    const others = among.filter((other) => other !== one).map((other) => distances[one]![other]!);
    return others
      .sort((a, b) => a - b)
      .slice(0, neighbours)
      .reduce((sum, distance) => sum + distance, 0);
  };
  const scored = among.map((index) => ({ index, score: score(index) }));
  return scored.sort((a, b) => a.score - b.score || a.index - b.index).map(({ index }) => index);
}
