import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { isJson, isThere, readJson, readText, rejectKey, type Json } from '../json-file.js';
import { bertNormalize, type BertNormalization } from './bert-normalizer.js';
import { openTokenizer } from './hugging-face.js';
import { tokenIds } from './token-ids.js';

/** BERT's tokenizer. A text does not come back from its ids: case, accents and spaces are lost. */
export interface WordPiece {
  /** Number of ids, special ones included. */
  readonly size: number;
  /** Id of the token before a text. */
  readonly cls: number;
  /** Id of the token behind a text. */
  readonly sep: number;
  /** Ids of a text, without cls and sep. It is data all through: "[SEP]" in it becomes ordinary tokens. */
  encode(text: string): number[];
}

/**
 * [CLS] ids [SEP] in at most `maximum` tokens, 2 or more; where there are more ids the first or the last are
 * kept.
 */
export function enclosed(
  { cls, sep }: WordPiece,
  ids: readonly number[],
  maximum: number,
  keep: 'first' | 'last',
): number[] {
  const room = maximum - 2;
  if (!(room >= 0)) throw new RangeError(`maximum is ${maximum}, expected room for two tokens`);
  const content = keep === 'first' ? ids.slice(0, room) : ids.slice(Math.max(0, ids.length - room));
  return [cls, ...content, sep];
}

/**
 * The tokenizer of a BERT's or DistilBERT's folder: its `tokenizer.json`; where there is none `vocab.txt`,
 * with what `tokenizer_config.json` says of it. Ids are those of transformers' DistilBertTokenizer.
 *
 * @throws UserError naming the file that is missing or is no WordPiece, and the key.
 */
export async function loadWordPiece(folder: string): Promise<WordPiece> {
  const file = join(folder, 'tokenizer.json');
  const config = join(folder, 'tokenizer_config.json');
  const settings = (await isThere(config)) ? await readJson(config) : {};
  const parts = (await isThere(file))
    ? partsOf(await readJson(file), file)
    : await partsOfVocabulary(join(folder, 'vocab.txt'), settings, config);
  return wordPiece(parts, {
    cls: specialIn(settings, 'cls_token', '[CLS]', config),
    sep: specialIn(settings, 'sep_token', '[SEP]', config),
  });
}

interface Parts {
  readonly file: string;
  readonly normalization: BertNormalization;
  readonly vocab: ReadonlyMap<string, number>;
  readonly unknown: string;
  readonly prefix: string;
  /** A longer word is unknown. */
  readonly mostCharacters: number;
}

function wordPiece(parts: Parts, special: { readonly cls: string; readonly sep: string }): WordPiece {
  const { file, normalization, vocab, unknown, prefix, mostCharacters } = parts;
  const idOf = (token: string) => vocab.get(token) ?? rejectKey(file, token, undefined, 'a special token');
  idOf(unknown);
  const library = openTokenizer({
    normalizer: null,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: unknown,
      continuing_subword_prefix: prefix,
      max_input_chars_per_word: mostCharacters,
      vocab: Object.fromEntries(vocab),
    },
  });
  return {
    size: [...vocab.values()].reduce((most, id) => Math.max(most, id), -1) + 1,
    cls: idOf(special.cls),
    sep: idOf(special.sep),
    encode(text) {
      const normal = bertNormalize(text, normalization);
      return normal.trim() === '' ? [] : library.encode(normal, { add_special_tokens: false }).ids;
    },
  };
}

/** The oldest files of the Hub do not say that their model is a WordPiece. */
function partsOf({ normalizer, pre_tokenizer, model }: Json, file: string): Parts {
  if (!isJson(normalizer) || normalizer['type'] !== 'BertNormalizer') {
    return rejectKey(file, 'normalizer/type', typeOf(normalizer), '"BertNormalizer"');
  }
  if (!isJson(pre_tokenizer) || pre_tokenizer['type'] !== 'BertPreTokenizer') {
    return rejectKey(file, 'pre_tokenizer/type', typeOf(pre_tokenizer), '"BertPreTokenizer"');
  }
  if (!isJson(model) || (model['type'] ?? 'WordPiece') !== 'WordPiece' || !isJson(model['vocab'])) {
    return rejectKey(file, 'model/type', typeOf(model), '"WordPiece" with a vocab');
  }
  return {
    file,
    normalization: {
      clean_text: booleanIn(normalizer, 'clean_text', true, file),
      handle_chinese_chars: booleanIn(normalizer, 'handle_chinese_chars', true, file),
      strip_accents: booleanIn(normalizer, 'strip_accents', null, file),
      lowercase: booleanIn(normalizer, 'lowercase', true, file),
    },
    vocab: tokenIds(model['vocab'], file, 'model/vocab/'),
    unknown: specialIn(model, 'unk_token', '[UNK]', file),
    prefix: specialIn(model, 'continuing_subword_prefix', '##', file),
    mostCharacters: Number(model['max_input_chars_per_word'] ?? 100),
  };
}

/** The type of a part of tokenizer.json, or what stands in the part's place. */
const typeOf = (part: unknown) => (isJson(part) ? part['type'] : part);

/** `vocab.txt` has one token per line, in the order of the ids. */
async function partsOfVocabulary(file: string, settings: Json, config: string): Promise<Parts> {
  if (!(await isThere(file))) {
    throw new UserError(`${file}: is missing, and so is tokenizer.json; expected one of them`);
  }
  const lines = (await readText(file)).replace(/\n$/, '').split('\n');
  return {
    file,
    normalization: {
      clean_text: true,
      handle_chinese_chars: booleanIn(settings, 'tokenize_chinese_chars', true, config),
      strip_accents: booleanIn(settings, 'strip_accents', null, config),
      lowercase: booleanIn(settings, 'do_lower_case', true, config),
    },
    vocab: new Map(lines.map((line, id) => [line.replace(/\r$/, ''), id])),
    unknown: specialIn(settings, 'unk_token', '[UNK]', config),
    prefix: '##',
    mostCharacters: 100,
  };
}

function booleanIn<Missing extends boolean | null>(
  json: Json,
  key: string,
  missing: Missing,
  file: string,
): boolean | Missing {
  const value = json[key] ?? missing;
  if (typeof value === 'boolean' || value === missing) return value as boolean | Missing;
  return rejectKey(file, key, value, 'true or false');
}

/** A token's text; transformers writes it as a string, or as an object with its /content. */
function specialIn(json: Json, key: string, missing: string, file: string): string {
  const value = json[key] ?? missing;
  const text = isJson(value) ? value['content'] : value;
  return typeof text === 'string' ? text : rejectKey(file, key, value, 'a token');
}
