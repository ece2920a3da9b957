import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenizer } from '../../src/learning/data/tokenizer.js';
import { endOfText, type TokenizerJson } from '../../src/learning/data/tokenizer-json.js';
import { trainTokenizer } from '../../src/learning/data/train-tokenizer.js';
import { loadWordPiece } from '../../src/learning/data/word-piece.js';
import { readPeftLora } from '../../src/learning/interchange/read-peft.js';
import { baseTensors } from '../../src/learning/model/base.js';
import { distilBertTensors } from '../../src/learning/model/distilbert-config.js';
import { loadDistilBert, loadGptReward, loadModel } from '../../src/learning/model/load.js';
import { drawnSet, type ParamSet, type TensorSpec } from '../../src/learning/params/param-set.js';
import { writeSafetensors } from '../../src/learning/params/safetensors.js';
import { packageRoot } from '../../src/paths.js';
import type { Kind, Sample } from './kind.js';

const json = (value: unknown) => JSON.stringify(value, null, 1);
const filled = (specs: readonly TensorSpec[]): ParamSet => drawnSet('base', specs, () => () => 0.5);

function folderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  read: (folder: string) => Promise<unknown>,
): Sample {
  return {
    write(folder) {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    },
    read,
  };
}

const gpt2 = {
  ...{ vocab_size: 12, n_positions: 6, n_embd: 4, n_layer: 1, n_head: 2 },
  ...{ layer_norm_epsilon: 1e-5, eos_token_id: 11 },
};
const bert = {
  ...{ vocab_size: 12, max_position_embeddings: 6, dim: 4, n_layers: 1, n_heads: 2, hidden_dim: 8 },
};
const gpt2Config = json({ model_type: 'gpt2', ...gpt2 });
const gpt2Weights = writeSafetensors([filled(baseTensors(gpt2))]);
const specs = baseTensors(gpt2);
const [first, second] = [specs.slice(0, 3), specs.slice(3)];
const shards = { 'model-1.safetensors': first, 'model-2.safetensors': second };
const weightMap = Object.entries(shards).flatMap(([name, held]) => held.map((spec) => [spec.name, name]));

/** A DistilBERT's linear layers stand the other way round in its files. */
const asStored = ({ name, shape }: TensorSpec): TensorSpec => ({
  name,
  shape: name.startsWith('embeddings.') ? shape : shape.toReversed(),
});

export const models: Kind = {
  name: 'safetensors',
  samples: {
    whole: folderOf({ 'config.json': gpt2Config, 'model.safetensors': gpt2Weights }, loadModel),
    reward: folderOf({ 'config.json': gpt2Config, 'model.safetensors': gpt2Weights }, loadGptReward),
    sharded: folderOf(
      {
        'config.json': gpt2Config,
        'model.safetensors.index.json': json({ weight_map: Object.fromEntries(weightMap) as object }),
        ...Object.fromEntries(
          Object.entries(shards).map(([name, held]) => [name, writeSafetensors([filled(held)])]),
        ),
      },
      loadModel,
    ),
    distilbert: folderOf(
      {
        'config.json': json({ model_type: 'distilbert', ...bert }),
        'model.safetensors': writeSafetensors([filled(distilBertTensors(bert).map(asStored))]),
      },
      loadDistilBert,
    ),
  },
};

const tokenizer: TokenizerJson = trainTokenizer(['the cat and the hat and the bat'], 280);
const { [endOfText]: end, ...words } = tokenizer.model.vocab;
const text = 'the cat, Ünïcode and <|endoftext|>\n';
const useTokenizer = async (folder: string) => {
  const opened = await loadTokenizer(folder);
  const ids = opened.encode(text);
  return [opened.decode(ids), ids.map((id) => opened.byteLength(id))];
};
const useWordPiece = async (folder: string) => (await loadWordPiece(folder)).encode(text);
const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'the', 'c', '##at', ',', 'and'];

export const tokenizers: Kind = {
  name: 'tokenizer',
  samples: {
    whole: folderOf({ 'tokenizer.json': json(tokenizer) }, useTokenizer),
    parts: folderOf(
      {
        'vocab.json': json({ ...words, [endOfText]: end }),
        'merges.txt': ['#version: 0.2', ...tokenizer.model.merges.map((merge) => merge.join(' '))].join('\n'),
      },
      useTokenizer,
    ),
    wordPiece: folderOf(
      {
        'tokenizer.json': json({
          normalizer: { type: 'BertNormalizer', lowercase: true },
          pre_tokenizer: { type: 'BertPreTokenizer' },
          model: { type: 'WordPiece', vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])) },
        }),
        'tokenizer_config.json': json({ cls_token: '[CLS]', sep_token: { content: '[SEP]' } }),
      },
      useWordPiece,
    ),
    vocabulary: folderOf(
      { 'vocab.txt': pieces.join('\n'), 'tokenizer_config.json': json({ do_lower_case: true }) },
      useWordPiece,
    ),
    embedded: {
      write: (folder) =>
        copyFileSync(join(packageRoot(), 'assets/embedded/tokenizer.json'), join(folder, 'tokenizer.json')),
      read: useTokenizer,
    },
  },
};

const projection = 'base_model.model.transformer.h.0.attn.c_attn';
const lora = { r: 2, alpha: 4, targets: ['q', 'v'] as const };
const peftOf = (more: object) => ({ peft_type: 'LORA', bias: 'none', lora_alpha: 8, r: 2, ...more });
const peftWeights = writeSafetensors([
  filled([
    { name: `${projection}.lora_A.weight`, shape: [2, gpt2.n_embd] },
    { name: `${projection}.lora_B.weight`, shape: [3 * gpt2.n_embd, 2] },
  ]),
]);
const peft = (more: object): Sample =>
  folderOf(
    { 'adapter_config.json': json(peftOf(more)), 'adapter_model.safetensors': peftWeights },
    (folder) => readPeftLora(folder, { ...lora, targets: ['q', 'k', 'v'] }, gpt2),
  );

export const pefts: Kind = {
  name: 'peft',
  samples: {
    plain: peft({ init_lora_weights: true }),
    patterns: peft({ use_rslora: true, alpha_pattern: { 'h\\.0\\.attn.*': 16 } }),
  },
};
