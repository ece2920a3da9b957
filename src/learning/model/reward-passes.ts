/** Tokens of one forward pass: enough to keep the backend busy, few enough for its memory. */
const tokensPerPass = 2048;

/** Consecutive items that together have about `tokensPerPass` tokens; one alone may have more. */
export function inPasses<T>(items: readonly T[], tokensOf: (item: T) => number): T[][] {
  const result: T[][] = [];
  let room = 0;
  for (const item of items) {
    const tokens = tokensOf(item);
    if (result.length === 0 || room < tokens) {
      result.push([]);
      room = tokensPerPass;
    }
    result.at(-1)!.push(item);
    room -= tokens;
  }
  return result;
}
