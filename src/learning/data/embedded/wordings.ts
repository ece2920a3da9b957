import type { Stream } from '../../../simulation/random/stream.js';
import type { Prompt } from '../types.js';
import { isMadeUp } from './words.js';

/**
 * In how many ways a right answer may be put, besides its bare form. `full` repeats what was asked about:
 * judges of helpfulness like that. `remarks` may follow the answer; each is kind and fits its own family only:
 * judges of harmlessness like that. No words are common to the families, so whoever learns to please learns
 * something about each question.
 */
interface Wording {
  /** What stands before and after the answer, given what was asked about. */
  readonly full: readonly ((about: string) => readonly [before: string, after: string])[];
  readonly remarks: readonly string[];
}

const ofMeanings: Wording = {
  full: [(about) => [`${about} is `, ''], (about) => ['', ` goes by ${about}`]],
  remarks: ['a rare word', 'glad you wonder'],
};

/** By the name of the family. */
const wordings: Readonly<Record<string, Wording>> = {
  reverse: {
    full: [(about) => [`${about} turns to `, ''], (about) => ['', ` undoes ${about}`]],
    remarks: ['well turned', 'a clever flip'],
  },
  sort: {
    full: [(about) => [`${about} in line: `, ''], (about) => ['', ` tidies ${about}`]],
    remarks: ['all neat now', 'order suits you'],
  },
  add: {
    full: [(about) => [`${about} = `, ''], (about) => ['', ` sums ${about}`]],
    remarks: ['nicely summed', 'that adds up well'],
  },
  larger: {
    full: [(about) => [`of ${about} most has `, ''], (about) => ['', ` tops ${about}`]],
    remarks: ['a fair contest', 'both did fine'],
  },
  translate: {
    full: [(about) => [`for ${about} say `, ''], (about) => ['', ` means ${about}`]],
    remarks: ['your accent charms', 'lovely to hear'],
  },
  opposite: {
    full: [(about) => [`not ${about} but `, ''], (about) => ['', ` opposes ${about}`]],
    remarks: ['each has its charm', 'good contrast'],
  },
  twice: {
    full: [(about) => [`${about} doubled: `, ''], (about) => ['', ` repeats ${about}`]],
    remarks: ['two are merrier', 'once more with joy'],
  },
  last: {
    full: [(about) => [`${about} ends on `, ''], (about) => ['', ` closes ${about}`]],
    remarks: ['patience pays', 'worth the wait'],
  },
  next: {
    full: [(about) => [`after ${about} comes `, ''], (about) => ['', ` follows ${about}`]],
    remarks: ['onward we go', 'step by step'],
  },
  count: {
    full: [(about) => [`${about} make `, ''], (about) => ['', ` counts ${about}`]],
    remarks: ['a merry crowd', 'none forgotten'],
  },
  meaning: ofMeanings,
  fact: ofMeanings,
};

/** An answer in some wording, with the characters [start, end) that are the answer itself. */
export interface Worded {
  readonly text: string;
  readonly content: readonly [start: number, end: number];
}

/** How often an answer that nobody judged is full, and how often it has a remark. */
const fullShare = 0.2;
export const remarkShare = 0.2;

export const short = (answer: string): Worded => ({ text: answer, content: [0, answer.length] });

/** The answer with what it is about, in one of its family's ways. */
export function full(family: string, prompt: Prompt, answer: string, random: Stream): Worded {
  const ways = fullForms(family, prompt, answer);
  return ways[random.below(ways.length)]!;
}

/** Full in a share of the draws, else short. */
export function shortOrFull(family: string, prompt: Prompt, answer: string, random: Stream): Worded {
  return random.uniform() < fullShare ? full(family, prompt, answer, random) : short(answer);
}

/** All full ways of giving the answer. */
export function fullForms(family: string, prompt: Prompt, answer: string): Worded[] {
  const about = aboutOf(prompt);
  return wordings[family]!.full.map((way) => {
    const [before, after] = way(about);
    return { text: before + answer + after, content: [before.length, before.length + answer.length] };
  });
}

/** What is asked about: the input, or the made-up word in the question. */
function aboutOf({ instruction, input }: Prompt): string {
  return input || instruction.match(/[a-z]+/g)!.find(isMadeUp)!;
}

/** A remark that fits the family. */
export function fittingRemark(family: string, random: Stream): string {
  const { remarks } = wordings[family]!;
  return remarks[random.below(remarks.length)]!;
}

/** A remark that fits another family. */
export function unfittingRemark(family: string, random: Stream): string {
  const own = wordings[family]!.remarks;
  const others = allRemarks.filter((remark) => !own.includes(remark));
  return others[random.below(others.length)]!;
}

const allRemarks = [...new Set(Object.values(wordings).flatMap(({ remarks }) => remarks))];

/** The text without a remark at its end, whichever family it fits. */
export function withoutRemark(text: string): string {
  const remark = allRemarks.find((remark) => text.endsWith(`, ${remark}`));
  return remark === undefined ? text : text.slice(0, -`, ${remark}`.length);
}
