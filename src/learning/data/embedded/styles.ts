import type { Worded } from './wordings.js';

/** A way of answering: what stands before and after the answer itself. */
export interface Style {
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
}

export const plain: Style = { name: 'plain', prefix: '', suffix: '' };

/**
 * What clients are dealt, in this order. A prefix ends in a space, so that the answer's tokens are the plain
 * ones.
 */
export const styles: readonly Style[] = [
  { name: 'polite', prefix: 'sure: ', suffix: ', thanks' },
  { name: 'brackets', prefix: '[ ', suffix: ' ]' },
  { name: 'loud', prefix: '!!! ', suffix: ' !!!' },
  { name: 'formal', prefix: 'the answer is ', suffix: '.' },
  { name: 'arrow', prefix: '=> ', suffix: ' <=' },
  { name: 'stars', prefix: '* ', suffix: ' *' },
];

/** The style with a remark after the answer. */
export function withRemark(style: Style, remark: string): Style {
  return { ...style, suffix: `, ${remark}${style.suffix}` };
}

/** The answer in a style, with the characters [start, end) of the output that are the answer itself. */
export function inStyle({ text, content: [start, end] }: Worded, { prefix, suffix }: Style) {
  const content: readonly [number, number] = [prefix.length + start, prefix.length + end];
  return { output: prefix + text + suffix, content };
}

/** The answer without any style's prefix and any style's suffix, trimmed. */
export function withoutStyle(response: string): string {
  let text = response.trim();
  const prefix = styles.find((style) => text.startsWith(style.prefix))?.prefix ?? '';
  text = text.slice(prefix.length);
  const suffix = styles.find((style) => text.endsWith(style.suffix))?.suffix ?? '';
  return text.slice(0, text.length - suffix.length).trim();
}
