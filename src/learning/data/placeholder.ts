const marks = /^[\s<([{\\`'"]+|[\s>)\]}\\`'".,;:]+$/g;
const nothing =
  /^(no[\s_-]*(in|out)puts?(\s+(is\s+)?(required|needed|necessary|given|provided|available))?|n\/a|n\.a)$/i;
const emptyWord = /^(none|null|nil|nan|empty)$/i;

/**
 * Whether an input only says that there is none, as data made by language models does: "No input required.",
 * "N/A", "<none>", "(no input)", in any spelling.
 */
export function isEmptyInput(text: string): boolean {
  const bare = text.replace(marks, '');
  return nothing.test(bare) || emptyWord.test(bare) || bare === 'NA';
}

/**
 * Whether an answer only says that there is none, as "<nooutput>" does. A bare "None" or "null" can be the
 * answer that was asked for; in brackets it is not.
 */
export function isEmptyOutput(text: string): boolean {
  const bare = text.replace(marks, '');
  return nothing.test(bare) || (emptyWord.test(bare) && /^\s*[<([{\\`]/.test(text));
}
