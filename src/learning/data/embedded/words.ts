/*
 * The vocabulary of the embedded corpus: short words, few enough for a byte-level vocabulary of 512 to hold
 * most of them as one token. Everything here is invented for the corpus; words of two syllables mean nothing
 * elsewhere.
 */

export const letters = [...'abcdefghijklmnopqrstuvwxyz'];

export const animals = [
  'cat',
  'dog',
  'cow',
  'pig',
  'hen',
  'bee',
  'ant',
  'fox',
  'owl',
  'rat',
  'bat',
  'emu',
] as const;

export const colours = ['red', 'blue', 'pink', 'gray', 'gold', 'teal', 'lime', 'tan'] as const;

/** Each word and its opposite; asked in both directions. */
export const opposites = [
  ['hot', 'cold'],
  ['big', 'small'],
  ['up', 'down'],
  ['in', 'out'],
  ['old', 'new'],
  ['wet', 'dry'],
  ['day', 'night'],
  ['yes', 'no'],
  ['left', 'right'],
  ['fast', 'slow'],
  ['good', 'bad'],
  ['on', 'off'],
] as const;

const first = ['ba', 'de', 'fi', 'go', 'ku', 'la', 'mi', 'no', 'pu', 'ra', 'so', 'ti', 'vu', 'zo'];
const second = ['bi', 'da', 'fo', 'gu', 'ka', 'lo', 'mu', 'ne', 'pa', 'ri', 'su', 'to', 'va', 'ze'];

/** All made-up words in a fixed scattered order: neighbours share neither syllable. */
const madeUp = second.flatMap((_, shift) =>
  first.map((syllable, index) => syllable + second[(index * 3 + shift) % second.length]!),
);

/** The made-up language's word for each animal, in the order of `animals`. */
export const translations: readonly string[] = madeUp.slice(0, animals.length);

/** What one made-up word means: two independent words, so that guessing one says nothing about the other. */
export interface Meaning {
  readonly word: string;
  readonly colour: string;
  readonly animal: string;
}

/** Made-up words whose meaning the base model is taught: they teach it the form of the question. */
export const knownMeanings: readonly Meaning[] = madeUp
  .slice(animals.length, animals.length + 20)
  .map((word, index) => ({
    word,
    colour: colours[(index * 3) % colours.length]!,
    animal: animals[(index * 5 + Math.floor(index / animals.length)) % animals.length]!,
  }));

/** Made-up words that the base model never meets: facts are made of them. */
export const unknownWords: readonly string[] = madeUp.slice(animals.length + knownMeanings.length);

const allMadeUp = new Set(madeUp);

export const isMadeUp = (word: string): boolean => allMadeUp.has(word);
