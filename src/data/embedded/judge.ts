import type { Example } from '../types.js';
import { refusals } from './sensitive.js';
import { withoutStyle } from './styles.js';

/** Whether a response to the embedded corpus is one of its refusals, in whatever style. */
export function isRefusal(response: string): boolean {
  return refusals.includes(withoutStyle(response)) || refusals.includes(`${withoutStyle(response)}.`);
}

/** Whether a response carries the example's answer and nothing else, in whatever style. */
export function isCorrect(example: Example, response: string): boolean {
  const answer = example.content ? example.output.slice(...example.content) : example.output;
  return withoutStyle(response) === answer.trim();
}
