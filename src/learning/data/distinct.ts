import { ratioOrNull } from '../../moments.js';

/**
 * distinct-n (Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", NAACL
 * 2016): different n-grams of tokens over all n-grams of a set of responses, from near 0 (the same words over
 * and over) to 1. No n-gram reaches over the end of a response. The paper divides by the number of tokens,
 * which for n > 1 lowers the figure of short responses; here, as is common since, by that of the n-grams.
 * Compare sets of like size only: the share falls as a set grows. Null where no response has n tokens.
 */
export function distinct(responses: readonly ArrayLike<number>[], n: number): number | null {
  const seen = new Set<string>();
  let count = 0;
  for (const tokens of responses) {
    for (let start = 0; start + n <= tokens.length; start++) {
      seen.add(Array.from({ length: n }, (_, place) => tokens[start + place]).join(' '));
      count += 1;
    }
  }
  return ratioOrNull(seen.size, count);
}
