import { least } from '../extremes.js';
/**
 * Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** How unlike two words are, from 0 (equal up to case) to 1; one that contains the other counts as close. */
function unlikeness(word: string, candidate: string): number {
  const [a, b] = [word.toLowerCase(), candidate.toLowerCase()];
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 4 && long.includes(short)) return 0.1 + 0.2 * (1 - short.length / long.length);
  return editDistance(a, b) / Math.max(a.length, b.length);
}

const closeEnough = 0.4;

/** The candidates that `word` may have been meant as: all that are nearest, none where nothing is near. */
export function nearest(word: string, candidates: readonly string[]): string[] {
  const scores = candidates.map((candidate) => unlikeness(word, candidate));
  const best = least(scores);
  return best > closeEnough ? [] : candidates.filter((_, index) => scores[index] === best);
}
