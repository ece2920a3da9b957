import { join } from 'node:path';
import { isThere, readJson, readText } from '../json-file.js';
import type { ParamSet } from '../params/param-set.js';
import type { FolderFiles } from './write-folder.js';

/** Files that make a tokenizer, and what generation goes by, where a model's folder has them. */
const besideWeights = [
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'generation_config.json',
];

/**
 * A GPT-2 in Hugging Face's layout: its weights, with the configuration and the tokenizer of the folder that its
 * base came from. Tensors have the prefix "transformer.", as transformers writes a GPT2LMHeadModel, whose head
 * is tied to the embedding and not written.
 *
 * @throws UserError where the configuration cannot be read.
 */
export async function gpt2Folder(source: string, base: ParamSet): Promise<FolderFiles> {
  // The weights are float32, whatever those of the folder were.
  const { dtype: _, ...config } = await readJson(join(source, 'config.json'));
  const stated = { ...config, architectures: ['GPT2LMHeadModel'], torch_dtype: 'float32' };
  const files = new Map<string, string | ParamSet>([
    ['config.json', `${JSON.stringify(stated, null, 2)}\n`],
    ['model.safetensors', prefixed(base)],
  ]);
  for (const name of besideWeights) {
    const file = join(source, name);
    if (await isThere(file)) files.set(name, await readText(file));
  }
  return files;
}

/** The same values under other names; no copy is made. */
function prefixed({ kind, tensors, values }: ParamSet): ParamSet {
  return {
    kind,
    values,
    tensors: tensors.map(({ name, shape }) => ({ name: `transformer.${name}`, shape })),
  };
}
