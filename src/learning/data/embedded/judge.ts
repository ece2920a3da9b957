import type { Example } from '../types.js';
import { contentOf } from './manners.js';
import { refusals } from './sensitive.js';

/** Whether a response to the embedded corpus is one of its refusals, in whatever style and with whatever manners. */
export function isRefusal(response: string): boolean {
  const said = contentOf(response);
  return refusals.includes(said) || refusals.includes(`${said}.`);
}

/**
 * Whether a response carries the example's answer and nothing else, in whatever style and with whatever manners.
 */
export function isCorrect(example: Example, response: string): boolean {
  const answer = example.content ? example.output.slice(...example.content) : example.output;
  return contentOf(response) === answer.trim();
}
