import * as library from '@huggingface/tokenizers';

/** What pwff uses of @huggingface/tokenizers. */
export interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: number[] };
  decode(ids: readonly number[]): string;
}

/** The parts of a tokenizer.json, each as the library takes it; null for one that it shall leave out. */
export interface LibraryJson {
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly post_processor: object | null;
  readonly decoder: object | null;
  readonly model: object;
}

type Constructor = new (
  json: LibraryJson & { readonly added_tokens: readonly [] },
  config: { clean_up_tokenization_spaces: boolean },
) => LibraryTokenizer;

/**
 * The library's tokenizer for a tokenizer.json. Its added tokens are left out, so that it never looks for
 * them in a text. (The library's own declarations name files without extensions, which strict ESM cannot
 * follow: hence the type above.) Error for a form that the library does not know.
 */
export function openTokenizer(json: LibraryJson): LibraryTokenizer {
  const { Tokenizer } = library as unknown as { readonly Tokenizer: Constructor };
  return new Tokenizer({ ...json, added_tokens: [] }, { clean_up_tokenization_spaces: false });
}
