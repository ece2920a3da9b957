import * as library from '@huggingface/tokenizers';
import type { TokenizerJson } from './tokenizer-json.js';

/** What pwff uses of @huggingface/tokenizers. */
export interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
  decode(ids: readonly number[]): string;
  readonly pre_tokenizer: {
    pre_tokenize(text: string): string[];
    /** GPT-2's pattern, of the ByteLevel pre-tokenizer. */
    readonly pattern?: RegExp;
  };
}

type Constructor = new (
  json: TokenizerJson,
  config: { clean_up_tokenization_spaces: boolean },
) => LibraryTokenizer;

/**
 * The library's tokenizer for a tokenizer.json. Its added tokens are left out, so that it never looks for
 * them in a text. (The library's own declarations name files without extensions, which strict ESM cannot
 * follow: hence the type above.)
 */
export function openTokenizer(json: TokenizerJson): LibraryTokenizer {
  const { Tokenizer } = library as unknown as { readonly Tokenizer: Constructor };
  return new Tokenizer({ ...json, added_tokens: [] }, { clean_up_tokenization_spaces: false });
}
