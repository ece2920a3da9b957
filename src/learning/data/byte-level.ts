/*
 * What every byte-level BPE after GPT-2 shares (Radford et al. 2019): bytes written as characters, so that
 * a vocabulary can be a JSON of strings, and the pattern that cuts a text into words before any merge.
 */

const printable = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
].flatMap(([low, high]) => Array.from({ length: high! - low! + 1 }, (_, index) => low! + index));
const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printable.includes(byte));

/**
 * GPT-2's characters for the 256 bytes, in the order of their ids: the printable Latin-1 bytes stand for
 * themselves and come first, the others take the code points from 256 on.
 */
export const byteTokens: readonly string[] = [
  ...printable.map((byte) => String.fromCharCode(byte)),
  ...others.map((_, index) => String.fromCharCode(256 + index)),
];

const characterOfByte = new Map([...printable, ...others].map((byte, id) => [byte, byteTokens[id]!]));

/** GPT-2's characters for the bytes of a text in UTF-8, or for bytes. */
export function byteCharacters(text: string | Iterable<number>): string[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return Array.from(bytes, (byte) => characterOfByte.get(byte)!);
}

/**
 * GPT-2's pattern. White_Space in the place of \s, which JavaScript takes for other characters than Python
 * and Rust do: it has U+FEFF and has not U+0085.
 */
const words = new RegExp(
  [
    String.raw`'s|'t|'re|'ve|'m|'ll|'d`,
    String.raw` ?\p{L}+`,
    String.raw` ?\p{N}+`,
    String.raw` ?[^\p{White_Space}\p{L}\p{N}]+`,
    String.raw`\p{White_Space}+(?!\P{White_Space})`,
    String.raw`\p{White_Space}+`,
  ].join('|'),
  'gu',
);

/** Cuts a text into the words that GPT-2 encodes one by one; joined they are the text. */
export function wordsOf(text: string): readonly string[] {
  return text.match(words) ?? [];
}
