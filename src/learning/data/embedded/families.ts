import { stream, type Stream } from '../../../simulation/random/stream.js';
import type { Prompt } from '../types.js';
import type { Use } from './held-out.js';
import { animals, colours, knownMeanings, letters, opposites, translations, type Meaning } from './words.js';

/** A task with its one right answer, before any style. */
export interface Task extends Prompt {
  readonly answer: string;
}

/** One kind of benign instruction. */
export interface Family {
  readonly name: string;
  readonly draw: (random: Stream) => Task;
}

const pick = <T>(random: Stream, from: readonly T[]): T => from[random.below(from.length)]!;
const between = (random: Stream, low: number, high: number) => low + random.below(high - low + 1);
const several = <T>(random: Stream, times: number, from: readonly T[]): T[] =>
  Array.from({ length: times }, () => pick(random, from));
const distinct = <T>(random: Stream, times: number, from: readonly T[]): T[] =>
  random.shuffle(from).slice(0, times);

/** The letters that lists are made of. */
const listed = letters.slice(0, 12);

const bothWays = new Map<string, string>(
  opposites.flatMap(([one, other]) => [
    [one, other],
    [other, one],
  ]),
);
const opposable = [...bothWays.keys()];

function task(instruction: string, input: readonly string[], answer: readonly string[]): Task {
  return { instruction, input: input.join(' '), answer: answer.join(' ') };
}

function sum(random: Stream): Task {
  const a = between(random, 10, 89);
  const b = between(random, 1, 5);
  return { instruction: 'Add:', input: `${a} + ${b}`, answer: String(a + b) };
}

function larger(random: Stream): Task {
  const [a, b] = [between(random, 10, 99), between(random, 10, 99)];
  return { instruction: 'Larger:', input: `${a} ${b}`, answer: String(Math.max(a, b)) };
}

function count(random: Stream): Task {
  const items = several(random, between(random, 1, 6), animals);
  return task('Count:', items, [String(items.length)]);
}

function next(random: Stream): Task {
  const asked = several(random, between(random, 1, 3), letters.slice(0, -1));
  return task(
    'Next:',
    asked,
    asked.map((letter) => letters[letters.indexOf(letter) + 1]!),
  );
}

/** The ways of asking what a made-up word means; facts are asked in the same ways. */
const askings: readonly ((word: string) => string)[] = [
  (word) => `What is ${word}?`,
  (word) => `Tell me of ${word}.`,
  (word) => `Name: ${word}`,
  (word) => `Say what ${word} is.`,
  (word) => `Who knows ${word}?`,
  (word) => `I saw a ${word}.`,
  (word) => `Meaning: ${word}`,
  (word) => `Is ${word} real?`,
];

/** Askings of a fact that are kept for validation, and as many for the test; all others train. */
const heldOutAskings = 2;

/**
 * The questions after a fact that may be used so. They differ from fact to fact, and are the same for all
 * clients: nobody trains on a question that somebody is measured on.
 */
export function askingsFor({ word }: Meaning, use: Use): string[] {
  const ordered = stream('askings', word).shuffle(askings);
  const [test, validation] = [heldOutAskings, 2 * heldOutAskings];
  const kept = {
    test: ordered.slice(0, test),
    validation: ordered.slice(test, validation),
    train: ordered.slice(validation),
  };
  return kept[use].map((asking) => asking(word));
}

export const meaningOf = ({ colour, animal }: Meaning) => `${colour} ${animal}`;

/** The benign families; the class proportions of the Dirichlet draw are over these. */
export const families: readonly Family[] = [
  {
    name: 'reverse',
    draw: (random) => {
      const list = distinct(random, between(random, 2, 4), listed);
      return task('Reverse:', list, list.toReversed());
    },
  },
  {
    name: 'sort',
    draw: (random) => {
      const list = distinct(random, between(random, 2, 4), listed);
      return task('Sort:', list, list.toSorted());
    },
  },
  { name: 'add', draw: sum },
  { name: 'larger', draw: larger },
  {
    name: 'translate',
    draw: (random) => {
      const words = several(random, between(random, 1, 3), animals);
      return task(
        'Translate:',
        words,
        words.map((word) => translations[animals.indexOf(word)]!),
      );
    },
  },
  {
    name: 'opposite',
    draw: (random) => {
      const words = several(random, between(random, 1, 3), opposable);
      return task(
        'Opposite:',
        words,
        words.map((word) => bothWays.get(word)!),
      );
    },
  },
  {
    name: 'twice',
    draw: (random) => {
      const words = several(random, between(random, 1, 3), [...animals, ...colours]);
      return task('Twice:', words, [...words, ...words]);
    },
  },
  {
    name: 'last',
    draw: (random) => {
      const words = distinct(random, between(random, 2, 5), [...animals, ...colours]);
      return task('Last:', words, words.slice(-1));
    },
  },
  { name: 'next', draw: next },
  { name: 'count', draw: count },
  {
    name: 'meaning',
    draw: (random) => {
      const known = pick(random, knownMeanings);
      return { instruction: pick(random, askings)(known.word), input: '', answer: meaningOf(known) };
    },
  },
];
