/** What is done to a text before BERT's WordPiece, by the keys of tokenizer.json's "BertNormalizer". */
export interface BertNormalization {
  readonly clean_text: boolean;
  readonly handle_chinese_chars: boolean;
  /** Null: as `lowercase`. */
  readonly strip_accents: boolean | null;
  readonly lowercase: boolean;
}

/**
 * The text without control characters, every white space a space, spaces around Chinese characters, without
 * accents, in lower case: what of it is asked for, as Hugging Face's `tokenizers` does it (and the JavaScript
 * package does not: it takes Chinese characters above U+FFFF for letters, and a sigma that ends a word for
 * another letter than one inside).
 */
export function bertNormalize(text: string, options: BertNormalization): string {
  let result = text;
  if (options.clean_text) result = result.replace(removed, '').replace(whiteSpace, ' ');
  if (options.handle_chinese_chars) result = result.replace(chinese, ' $& ');
  if (options.strip_accents ?? options.lowercase) result = result.normalize('NFD').replace(/\p{Mn}/gu, '');
  if (options.lowercase) result = Array.from(result, (character) => character.toLowerCase()).join('');
  return result;
}

const removed = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]|\uFFFD/gu;
const whiteSpace = /\p{White_Space}/gu;
/** The blocks that BERT means by Chinese: ideographs, neither kana nor hangul. */
const chinese = new RegExp(
  '[\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF' +
    '\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]',
  'gu',
);
