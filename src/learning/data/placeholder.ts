const marks = /^[\s<([{\\`'"]+|[\s>)\]}\\`'".,;:]+$/g;
const phrase =
  /^(no[\s_-]*(in|out)puts?(\s+(is\s+)?(required|needed|necessary|given|provided|available))?|n\/a|n\.a)$/i;
const word = /^(none|null|nan)$/i;

/** No placeholder is longer; longer texts are not searched. */
const mostCharacters = 60;

/**
 * Whether an input only says that there is none, as data made by language models does: "No input required.",
 * "N/A", "<none>", "(no input)", in any spelling.
 */
export function isEmptyInput(text: string): boolean {
  const bare = withoutMarks(text);
  return phrase.test(bare) || word.test(bare) || bare === 'NA';
}

/**
 * Whether an answer only says that there is none, as "<nooutput>" does. A bare "None" or "null" can be the
 * answer that was asked for; in brackets it is not.
 */
export function isEmptyOutput(text: string): boolean {
  const bare = withoutMarks(text);
  return phrase.test(bare) || (word.test(bare) && /^\s*[<([{\\`]/.test(text));
}

function withoutMarks(text: string): string {
  return text.length > mostCharacters ? text : text.replace(marks, '');
}
