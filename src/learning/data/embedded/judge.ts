import type { Example } from '../types.js';
import { isRefusing } from './sensitive.js';
import { withoutStyle } from './styles.js';
import { fullForms, withoutRemark } from './wordings.js';

/** What a response says, without style and remark; trimmed. */
export function contentOf(response: string): string {
  return withoutRemark(withoutStyle(response));
}

/** Whether a response to the embedded corpus refuses, with or without an alternative, in whatever style. */
export function isRefusal(response: string): boolean {
  return isRefusing(contentOf(response));
}

/**
 * Whether a response carries the example's answer, bare or in one of its full forms, and nothing else but
 * some style and some remark.
 */
export function isCorrect(example: Example, response: string): boolean {
  const { family, output, content } = example;
  const answer = (content ? output.slice(...content) : output).trim();
  const said = contentOf(response);
  return said === answer || fullForms(family, example, answer).some(({ text }) => text === said);
}
