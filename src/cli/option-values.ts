import { UserError } from '../errors.js';
import { misheldInJson } from '../scenario/written-numbers.js';
import { nearest } from '../settings/nearest.js';
import { problemLine, shown } from '../settings/problem.js';

/*
 * What options of the command take, in the words in which a scenario's settings are refused.
 */

/**
 * Reads a whole number of at least `minimum`, in any way in which JavaScript writes numbers: 4e7 as well as
 * 40000000. UserError for anything else, and for what a number cannot hold as it is written.
 */
export function wholeNumber(option: string, minimum: number): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (Number.isSafeInteger(value) && value >= minimum && misheldInJson(text).length === 0) return value;
    const most = value > Number.MAX_SAFE_INTEGER ? ` and at most ${Number.MAX_SAFE_INTEGER}` : '';
    throw refusal(option, text, `a whole number of at least ${minimum}${most}`);
  };
}

/** Reads a number from 0 to 1. UserError for anything else. */
export function share(option: string): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (value >= 0 && value <= 1) return value;
    throw refusal(option, text, 'a number from 0 to 1');
  };
}

/**
 * A number as `--set` takes it, from any way in which JavaScript writes one (.5, +3, 0x10); what is no number
 * stays as it is, for the scenario's form to refuse.
 */
export function asSetting(text: string): string {
  const value = numberOf(text);
  return Number.isFinite(value) && misheldInJson(text).length === 0 ? JSON.stringify(value) : text;
}

/** NaN where it is none, or nothing but blanks. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

/** Reads one of these names. UserError, with the one that may have been meant, for any other. */
export function oneOf<Name extends string>(option: string, names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = names.find((each) => each === text);
    if (name !== undefined) return name;
    const [meant] = nearest(text, names);
    const advice = meant === undefined ? undefined : `did you mean ${shown(meant)}?`;
    throw refusal(option, text, `one of ${names.map(shown).join(', ')}`, advice);
  };
}

/** Reads the origin of a web page. UserError for anything else. */
export function originOf(option: string): (text: string) => string {
  return (text) => {
    if (URL.canParse(text) && new URL(text).origin === text) return text;
    throw refusal(option, text, 'an origin: scheme, host and port alone, as https://stately.ai');
  };
}

/** Reads an option that may stand several times. */
export function listOf<T>(read: (text: string) => T): (text: string, earlier: readonly T[]) => readonly T[] {
  return (text, earlier) => [...earlier, read(text)];
}

function refusal(option: string, text: string, expected: string, advice?: string): UserError {
  const problem = { pointer: '', is: `is ${shown(text)}`, expected };
  return new UserError(problemLine(option, advice === undefined ? problem : { ...problem, advice }));
}
