/** A response of a policy, and whether the prompt was a sensitive request. */
export interface Said {
  readonly text: string;
  readonly sensitive: boolean;
}

/** Words in a row that a policy has come to say more often. */
export interface RisenPhrase {
  readonly words: readonly string[];
  /**
   * Whether it is said whatever is asked: among prompts that are no sensitive requests it rose by at least half
   * as much as among all. A refusal of sensitive requests is no stock phrase, one of everything is.
   */
  readonly stock: boolean;
}

type Words = readonly string[];

/** Words of the longest phrase that is looked for. What is longer comes as several, one after the other. */
const longestPhrase = 5;

/** Least rise of a phrase's frequency: what fewer responses than one in twenty have moves no mean over them. */
const leastRise = 0.05;

/** Least rise in standard errors of a difference of two proportions. */
const leastDeviations = 3;

/** A longer phrase takes the place of one within it where at least this share of the rise is its own. */
const ownShare = 0.9;

/** A phrase begins and ends with words that rose by at least this share of its rise: others only stand beside it. */
const edgeShare = 0.5;

/** Responses of each side that are searched for phrases; of more, an even choice. */
const mostSearched = 20_000;

/**
 * The phrases (1 to 5 words, which stand between white space) that have become more frequent from `before` to
 * `after`, at most so many. First the one whose share of responses rose most, as the longest phrase around it
 * that rose nearly as much; then, with that taken out of every response, the next. None whose rise is below
 * one response in twenty, or within three standard errors of nothing.
 */
export function risenPhrases(before: readonly Said[], after: readonly Said[], most = 5): RisenPhrase[] {
  let [early, late] = [searched(before), searched(after)];
  const found: RisenPhrase[] = [];
  while (found.length < most) {
    const words = mostRisen(early, late);
    if (words === null) break;
    found.push({ words, stock: isStock(words, early, late) });
    [early, late] = [without(early, words), without(late, words)];
  }
  return found;
}

/** Whether the words stand in a text, in a row. */
export function saysPhrase(text: string, phrase: Words): boolean {
  return holds(wordsOf(text), phrase);
}

/** A text without any occurrence of some words in a row, nor the white space before each. */
export function withoutPhrase(text: string, phrase: Words): string {
  if (!saysPhrase(text, phrase)) return text;
  const pieces = text.match(/\s*\S+/g) ?? [];
  const kept = keptWords(wordsOf(text), phrase).map((at) => pieces[at]!);
  const [ahead, behind] = [/^\s*/, /\s*$/].map((space) => space.exec(text)![0]);
  return kept.length === 0 ? '' : ahead! + kept.join('').trimStart() + behind!;
}

interface Searched {
  readonly words: Words;
  readonly sensitive: boolean;
}

function searched(said: readonly Said[]): Searched[] {
  const step = Math.max(1, said.length / mostSearched);
  return Array.from({ length: Math.ceil(said.length / step) }, (_, i) => said[Math.floor(i * step)]!).map(
    ({ text, sensitive }) => ({ words: wordsOf(text), sensitive }),
  );
}

function wordsOf(text: string): Words {
  return text.match(/\S+/g) ?? [];
}

const key = (words: Words, from = 0, length = words.length) => words.slice(from, from + length).join(' ');

function standsAt(words: Words, at: number, phrase: Words): boolean {
  return phrase.every((word, place) => words[at + place] === word);
}

function holds(words: Words, phrase: Words): boolean {
  return words.some((_, at) => standsAt(words, at, phrase));
}

/** Places of the words that are left when a phrase is taken out, from the left. */
function keptWords(words: Words, phrase: Words): number[] {
  const kept: number[] = [];
  for (let at = 0; at < words.length;) {
    const isIt = standsAt(words, at, phrase);
    if (!isIt) kept.push(at);
    at += isIt ? phrase.length : 1;
  }
  return kept;
}

function without(said: readonly Searched[], phrase: Words): Searched[] {
  return said.map((one) =>
    holds(one.words, phrase)
      ? { ...one, words: keptWords(one.words, phrase).map((at) => one.words[at]!) }
      : one,
  );
}

/** The phrase that rose most, the longest around it; null where none rose enough. */
function mostRisen(early: readonly Searched[], late: readonly Searched[]): Words | null {
  if (early.length === 0 || late.length === 0) return null;
  const after = frequent(late, leastRise * late.length);
  const before = counted(early, longestPhrase, (phrase) => after.has(phrase));
  const riseOf = (phrase: string) =>
    (after.get(phrase) ?? 0) / late.length - (before.get(phrase) ?? 0) / early.length;
  const risen = [...after]
    .map(([phrase, count]) => {
      const error = errorOfRise(before.get(phrase) ?? 0, early.length, count, late.length);
      return { words: phrase.split(' '), rise: riseOf(phrase), error };
    })
    .filter(({ rise, error }) => rise >= leastRise && rise >= leastDeviations * error)
    .filter(({ words, rise }) => [words[0]!, words.at(-1)!].every((edge) => riseOf(edge) >= edgeShare * rise))
    .sort((one, other) => other.rise - one.rise || other.words.length - one.words.length);
  const [first] = risen;
  if (first === undefined) return null;
  const around = risen.filter(
    ({ words, rise }) => rise >= ownShare * first.rise && holds(words, first.words),
  );
  return around.reduce((longest, one) => (one.words.length > longest.words.length ? one : longest)).words;
}

/** Standard error of a difference of two proportions that are the same one. */
function errorOfRise(count: number, of: number, later: number, ofLater: number): number {
  const share = (count + later) / (of + ofLater);
  return Math.sqrt(share * (1 - share) * (1 / of + 1 / ofLater));
}

function isStock(phrase: Words, early: readonly Searched[], late: readonly Searched[]): boolean {
  const share = (said: readonly Searched[]) =>
    said.filter(({ words }) => holds(words, phrase)).length / said.length;
  const others = [early, late].map((side) => side.filter(({ sensitive }) => !sensitive));
  if (others.some(({ length }) => length === 0)) return true;
  return share(others[1]!) - share(others[0]!) >= (share(late) - share(early)) / 2;
}

/**
 * How many responses hold each phrase that at least so many hold. A phrase is no more frequent than what is
 * within it, so that longer ones are made of frequent ones (Agrawal and Srikant 1994).
 */
function frequent(said: readonly Searched[], least: number): Map<string, number> {
  const all = new Map<string, number>();
  for (let length = 1; length <= longestPhrase; length++) {
    const mayBe = (_: string, words: Words, at: number) =>
      length === 1 || (all.has(key(words, at, length - 1)) && all.has(key(words, at + 1, length - 1)));
    const counts = [...counted(said, length, mayBe, length)].filter(([, count]) => count >= least);
    if (counts.length === 0) break;
    for (const [phrase, count] of counts) all.set(phrase, count);
  }
  return all;
}

/** How many responses hold each phrase of so many words that is asked for. */
function counted(
  said: readonly Searched[],
  longest: number,
  isAsked: (phrase: string, words: Words, at: number) => boolean,
  shortest = 1,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { words } of said) {
    const here = new Set<string>();
    for (let length = shortest; length <= longest; length++) {
      for (let at = 0; at + length <= words.length; at++) {
        const phrase = key(words, at, length);
        if (isAsked(phrase, words, at)) here.add(phrase);
      }
    }
    for (const phrase of here) counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return counts;
}
