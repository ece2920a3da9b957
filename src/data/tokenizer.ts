import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors.js';
import { packageRoot } from '../paths.js';
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
  /** Text of ids, without the special tokens among them. RangeError for an id outside [0, size). */
  decode(ids: ArrayLike<number>): string;
}

/**
 * The tokenizer that a tokenizer.json describes. Error for a form that @huggingface/tokenizers does not know.
 */
export function createTokenizer(json: TokenizerJson): Tokenizer {
  const special = new Set(json.added_tokens.map(({ id }) => id));
  const end = json.added_tokens.find(({ content }) => content === endOfText);
  if (!end) throw new UserError(`tokenizer: no ${endOfText} among added_tokens, expected one as in GPT-2`);
  const size = Math.max(...Object.values(json.model.vocab), ...special) + 1;
  const inner = openTokenizer(json);
  // In GPT-2's notation a token has one character for each of its bytes.
  const byteLengths = new Map(Object.entries(json.model.vocab).map(([token, id]) => [id, token.length]));
  return {
    endOfText: end.id,
    size,
    encode: encoder(inner, json),
    byteLength: (id) => byteLengths.get(id) ?? 0,
    decode(ids) {
      const outside = Array.from(ids).find((id) => !(id >= 0 && id < size));
      if (outside !== undefined)
        throw new RangeError(`token ${outside}: expected an id from 0 to ${size - 1}`);
      const ordinary = Array.from(ids).filter((id) => !special.has(id));
      return ordinary.length === 0 ? '' : inner.decode(ordinary);
    },
  };
}

/** Distinct words to remember: natural text repeats itself so much that ten times the speed comes of it. */
const rememberedWords = 50_000;

/**
 * Encodes word by word, as GPT-2's pattern splits a text, and remembers words. A word by itself is not split
 * further and merges never cross words, so the ids are those of the whole text. Other pre-tokenizers get the
 * whole text.
 */
function encoder(inner: LibraryTokenizer, json: TokenizerJson): Tokenizer['encode'] {
  const encode = (text: string) => (text === '' ? [] : inner.encode(text, { add_special_tokens: false }).ids);
  const { type, add_prefix_space, use_regex } = json.pre_tokenizer;
  const { pattern } = inner.pre_tokenizer;
  const byWord = type === 'ByteLevel' && !add_prefix_space && use_regex !== false && json.normalizer === null;
  if (!byWord || !pattern) return encode;
  const remembered = new Map<string, readonly number[]>();
  return (text) => {
    const ids: number[] = [];
    for (const word of text.match(pattern) ?? []) {
      let known = remembered.get(word);
      if (!known) {
        if (remembered.size >= rememberedWords) remembered.clear();
        remembered.set(word, (known = encode(word)));
      }
      for (const id of known) ids.push(id);
    }
    return ids;
  };
}

/**
 * The tokenizer of a model's folder (its tokenizer.json); null: that of the embedded model. UserError for a
 * file that is missing, is no JSON or is no byte-level BPE.
 */
export async function loadTokenizer(folder: string | null): Promise<Tokenizer> {
  const file = join(folder ?? join(packageRoot(), 'assets', 'embedded'), 'tokenizer.json');
  return createTokenizer(await readTokenizerJson(file));
}

async function readTokenizerJson(file: string): Promise<TokenizerJson> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: ${messageOf(error)}; expected Hugging Face's tokenizer.json`);
  }
  const json = parsed as Partial<TokenizerJson> | null;
  if (
    json?.model?.type !== 'BPE' ||
    json.decoder?.type !== 'ByteLevel' ||
    !Array.isArray(json.added_tokens)
  ) {
    throw new UserError(
      `${file}: /model/type: is ${JSON.stringify(json?.model?.type)} with decoder ` +
        `${JSON.stringify(json?.decoder?.type)}, expected "BPE" with decoder "ByteLevel"`,
    );
  }
  return json as TokenizerJson;
}
