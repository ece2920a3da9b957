/** The special token that ends a text, and the only one pwff's own tokenizer has. */
export const endOfText = '<|endoftext|>';

/** The part of Hugging Face's tokenizer.json that a byte-level BPE needs. */
export type TokenizerJson = ReturnType<typeof tokenizerJson>;

interface ByteLevel {
  readonly type: 'ByteLevel';
  readonly add_prefix_space: boolean;
  readonly trim_offsets: boolean;
  readonly use_regex: boolean;
}

/**
 * The tokenizer.json of a byte-level BPE with GPT-2's pre-tokenizer; `vocab` is without end-of-text, whose id
 * comes after the others where none is given. A token is written in GPT-2's characters for bytes.
 */
export function tokenizerJson(
  vocab: Readonly<Record<string, number>>,
  merges: readonly (readonly [left: string, right: string])[],
  id = Object.keys(vocab).length,
) {
  const byteLevel: ByteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [
      {
        id,
        content: endOfText,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      },
    ],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: { ...vocab, [endOfText]: id } as Readonly<Record<string, number>>,
      merges,
    },
  };
}
