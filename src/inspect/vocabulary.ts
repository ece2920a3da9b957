/** Words by numbers: those that come again and again are kept once. */
export class Vocabulary {
  readonly #words: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a word, which gets the next one where it is new. */
  of(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }

  word(number: number): string {
    return this.#words[number]!;
  }

  /** The numbers of the words that a search is about. */
  where(isWanted: (word: string) => boolean): ReadonlySet<number> {
    return new Set(this.#words.flatMap((word, number) => (isWanted(word) ? [number] : [])));
  }
}
