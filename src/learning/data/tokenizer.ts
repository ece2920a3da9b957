import { join } from 'node:path';
import { UserError, messageOf } from '../../errors.js';
import { isJson, isThere, quoted, readJson, rejectKey, type Json } from '../json-file.js';
import { packageRoot } from '../../paths.js';
import { wordsOf } from './byte-level.js';
import { gpt2TokenizerJson, gpt2VocabularySize, readVocabularyAndMerges } from './gpt2-vocabulary.js';
import { openTokenizer, type LibraryTokenizer } from './hugging-face.js';
import { endOfText, type TokenizerJson } from './tokenizer-json.js';

/** Text to token ids and back. Both are pure; any text without lone surrogates comes back as it was. */
export interface Tokenizer {
  /** Id of <|endoftext|>. */
  readonly endOfText: number;
  /** Number of ids, special ones included. */
  readonly size: number;
  /** Ids of a text. It is data all through: a literal "<|endoftext|>" in it becomes ordinary tokens. */
  encode(text: string): number[];
  /** How many bytes of UTF-8 an ordinary token stands for. */
  byteLength(id: number): number;
  /**
   * Text of ids, without the special tokens among them. One from `size` on, which a model whose vocabulary is padded
   * may sample, is U+FFFD. RangeError for what is no id.
   */
  decode(ids: ArrayLike<number>): string;
}

/**
 * The tokenizer that a tokenizer.json describes. Error for a form that @huggingface/tokenizers does not know.
 */
export function createTokenizer(json: TokenizerJson): Tokenizer {
  const special = new Set(json.added_tokens.map(({ id }) => id));
  const end = json.added_tokens.find(({ content }) => content === endOfText);
  if (!end) throw new UserError(`tokenizer: no ${endOfText} among added_tokens, expected one as in GPT-2`);
  const ids = [...Object.values(json.model.vocab), ...special];
  const size = ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  const byWord = splitsAsGpt2(json);
  const inner = openTokenizer(
    byWord ? { ...json, pre_tokenizer: { ...json.pre_tokenizer, use_regex: false } } : json,
  );
  // In GPT-2's notation a token has one character for each of its bytes.
  const byteLengths = new Map(Object.entries(json.model.vocab).map(([token, id]) => [id, token.length]));
  return {
    endOfText: end.id,
    size,
    encode: byWord ? wordEncoder(inner) : (text) => encodeWhole(inner, text),
    byteLength: (id) => byteLengths.get(id) ?? 0,
    decode(ids) {
      const all = Array.from(ids);
      const wrong = all.find((id) => !(Number.isInteger(id) && id >= 0));
      if (wrong !== undefined) throw new RangeError(`token ${wrong}: expected an id from 0`);
      const runs = groupedRuns(
        all.filter((id) => !special.has(id)),
        (id) => id < size,
      );
      return runs.map((run) => (run[0]! < size ? inner.decode(run) : '\ufffd'.repeat(run.length))).join('');
    },
  };
}

/** The values in their order, parted wherever the answer changes. */
function groupedRuns<T>(values: readonly T[], of: (value: T) => boolean): T[][] {
  const runs: T[][] = [];
  for (const [i, value] of values.entries()) {
    if (i === 0 || of(value) !== of(values[i - 1]!)) runs.push([]);
    runs.at(-1)!.push(value);
  }
  return runs;
}

/**
 * Distinct words to remember: natural text repeats itself so much that this makes encoding ten times as fast.
 */
const rememberedWords = 50_000;

function splitsAsGpt2({ normalizer, pre_tokenizer }: TokenizerJson): boolean {
  const { type, add_prefix_space, use_regex } = pre_tokenizer;
  return type === 'ByteLevel' && !add_prefix_space && use_regex !== false && normalizer === null;
}

function encodeWhole(inner: LibraryTokenizer, text: string): number[] {
  return text === '' ? [] : inner.encode(text, { add_special_tokens: false }).ids;
}

/**
 * Encodes word by word, as GPT-2's pattern splits a text, and remembers words. Merges never cross words, so
 * the ids are those of the whole text.
 */
function wordEncoder(inner: LibraryTokenizer): Tokenizer['encode'] {
  const remembered = new Map<string, readonly number[]>();
  return (text) => {
    const ids: number[] = [];
    for (const word of wordsOf(text)) {
      let known = remembered.get(word);
      if (!known) {
        if (remembered.size >= rememberedWords) remembered.clear();
        remembered.set(word, (known = encodeWhole(inner, word)));
      }
      for (const id of known) ids.push(id);
    }
    return ids;
  };
}

/** What a tokenizer was made of: a file of the folder, or GPT-2's own vocabulary where it has none. */
export type TokenizerSource = 'tokenizer.json' | 'vocab.json' | 'r50k_base';

/** A folder's tokenizer, by the rules of {@link loadTokenizer}, and what it was made of. */
export async function openFolderTokenizer(
  folder: string | null,
): Promise<{ readonly tokenizer: Tokenizer; readonly source: TokenizerSource }> {
  const from = folder ?? join(packageRoot(), 'assets', 'embedded');
  const file = join(from, 'tokenizer.json');
  if (await isThere(file)) {
    return { tokenizer: named(file, await readTokenizerJson(file)), source: 'tokenizer.json' };
  }
  const vocab = join(from, 'vocab.json');
  if (await isThere(vocab)) {
    return { tokenizer: named(vocab, await readVocabularyAndMerges(from)), source: 'vocab.json' };
  }
  const config = join(from, 'config.json');
  const { vocab_size: size = gpt2VocabularySize } = await readJson(config);
  if (size === gpt2VocabularySize) {
    return { tokenizer: createTokenizer(await gpt2TokenizerJson()), source: 'r50k_base' };
  }
  throw new UserError(
    `${file}: is missing, and so is vocab.json; expected one of them, since ${config} tells of ` +
      `${quoted(size)} tokens and GPT-2's own vocabulary has ${gpt2VocabularySize}`,
  );
}

/**
 * The tokenizer of a GPT-2's folder: its `tokenizer.json`; where there is none `vocab.json` and `merges.txt`;
 * where there is neither and config.json tells of 50257 tokens, GPT-2's own (r50k_base). Null: that of the
 * embedded model. Ids are those of transformers' GPT2Tokenizer and of tiktoken.
 *
 * @throws UserError naming the file that is missing, is no JSON or is no byte-level BPE.
 */
export async function loadTokenizer(folder: string | null): Promise<Tokenizer> {
  return (await openFolderTokenizer(folder)).tokenizer;
}

/** Whether every id stands for the same in both. */
export function sameTokens(one: Tokenizer, other: Tokenizer): boolean {
  if (one.size !== other.size || one.endOfText !== other.endOfText) return false;
  const ids = Array.from({ length: one.size }, (_, id) => id);
  return ids.every(
    (id) => one.byteLength(id) === other.byteLength(id) && one.decode([id]) === other.decode([id]),
  );
}

/** A tokenizer whose errors name the file. */
function named(file: string, json: TokenizerJson): Tokenizer {
  try {
    return createTokenizer(json);
  } catch (thrown) {
    throw new UserError(`${file}: ${messageOf(thrown)}, expected a tokenizer as GPT-2's`);
  }
}

/** Where the oldest files of the Hub say nothing, what transformers takes for granted is filled in. */
async function readTokenizerJson(file: string): Promise<TokenizerJson> {
  const { model, decoder, pre_tokenizer, added_tokens, ...rest } = await readJson(file);
  const { type: given, vocab, merges } = isJson(model) ? model : {};
  const type = given ?? (Array.isArray(merges) ? 'BPE' : undefined);
  if (type !== 'BPE' || !isJson(decoder) || decoder['type'] !== 'ByteLevel' || !Array.isArray(added_tokens)) {
    throw new UserError(
      `${file}: /model/type: is ${quoted(type)} with decoder ` +
        `${quoted(isJson(decoder) ? decoder['type'] : decoder)}, expected "BPE" with decoder "ByteLevel"`,
    );
  }
  if (!isJson(vocab)) rejectKey(file, 'model/vocab', vocab, 'the ids of tokens');
  if (!isJson(pre_tokenizer)) rejectKey(file, 'pre_tokenizer', pre_tokenizer, 'one, as "ByteLevel"');
  if (!added_tokens.some((token) => isJson(token) && token['content'] === endOfText)) {
    throw new UserError(`${file}: /added_tokens: has no ${endOfText}, expected one as in GPT-2`);
  }
  const whole = { normalizer: null, post_processor: null, ...rest, decoder, pre_tokenizer, added_tokens };
  return { ...whole, model: { ...(model as Json), type } } as unknown as TokenizerJson;
}
