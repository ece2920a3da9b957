import { UserError } from '../../errors.js';
import { quoted, readJson, rejectKey, type Json } from '../json-file.js';
import type { ModelConfig } from './config.js';
import { byDefault, checkAssumptions, countIn, numberIn, type Assumptions } from './config-file.js';
import type { DistilBertConfig } from './distilbert-config.js';
import { llamaTypes, readLlamaConfig } from './read-llama-config.js';

/**
 * The shape of a language model by its config.json: a GPT-2, or a model of Llama's architecture.
 *
 * @throws UserError naming the file and the key that is missing or wrong.
 */
export async function readLanguageConfig(file: string): Promise<ModelConfig> {
  const { model_type: type } = await readJson(file);
  if (llamaTypes.some((name) => name === type)) return readLlamaConfig(file);
  if (type === undefined || type === 'gpt2') return readGpt2Config(file);
  const others = llamaTypes.map(quoted).join(', ');
  return rejectKey(file, 'model_type', type, `"gpt2", or with --executor python ${others}`);
}

/** Every name that transformers has for the GELU with tanh. */
const tanhGelu = ['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast', 'gelu_accurate', 'gelu_python_tanh'];

const gpt2Assumptions: Assumptions = {
  model_type: ['gpt2'],
  activation_function: tanhGelu,
  scale_attn_weights: [true],
  scale_attn_by_inverse_layer_idx: [false],
  tie_word_embeddings: [true],
  add_cross_attention: [false],
  quantization_config: [null],
};

/**
 * The shape of a GPT-2 by its config.json. Missing keys have the defaults of transformers' GPT2Config, those
 * of GPT-2 small.
 */
export async function readGpt2Config(file: string): Promise<ModelConfig> {
  const json = await readJson(file);
  checkAssumptions(json, file, gpt2Assumptions);
  const config: ModelConfig = {
    vocab_size: countIn(json, ['vocab_size'], 50257, file),
    n_positions: countIn(json, ['n_positions', 'max_position_embeddings', 'n_ctx'], 1024, file),
    n_embd: countIn(json, ['n_embd', 'hidden_size'], 768, file),
    n_layer: countIn(json, ['n_layer', 'num_hidden_layers'], 12, file),
    n_head: countIn(json, ['n_head', 'num_attention_heads'], 12, file),
    layer_norm_epsilon: numberIn(json, 'layer_norm_epsilon', 1e-5, file),
    eos_token_id: countIn(json, ['eos_token_id'], 50256, file, 0),
  };
  checkGpt2(config, json, file);
  return config;
}

function checkGpt2(config: ModelConfig, json: Json, file: string): void {
  const { n_embd, n_head, eos_token_id, vocab_size } = config;
  checkLayers(file, 'n_layer', config.n_layer);
  checkHeads(file, json, ['n_head', n_head], ['n_embd', n_embd], 'num_attention_heads');
  const inner = json['n_inner'];
  if (inner !== undefined && inner !== null && inner !== 4 * n_embd) {
    rejectKey(file, 'n_inner', inner, `null or 4 · n_embd, ${4 * n_embd}`);
  }
  if (eos_token_id >= vocab_size) {
    throw new UserError(
      `${file}: /eos_token_id: is ${eos_token_id}${byDefault(json, 'eos_token_id')}, expected a token ` +
        `from 0 to ${vocab_size - 1}`,
    );
  }
}

const distilBertAssumptions: Assumptions = {
  model_type: ['distilbert'],
  activation: ['gelu'],
  quantization_config: [null],
};

/**
 * The shape of a DistilBERT by its config.json. Missing keys have the defaults of transformers'
 * DistilBertConfig, those of distilbert-base. Sinusoidal position embeddings are weights in the file like
 * any other.
 */
export async function readDistilBertConfig(file: string): Promise<DistilBertConfig> {
  const json = await readJson(file);
  checkAssumptions(json, file, distilBertAssumptions);
  const config: DistilBertConfig = {
    vocab_size: countIn(json, ['vocab_size'], 30522, file),
    max_position_embeddings: countIn(json, ['max_position_embeddings'], 512, file),
    dim: countIn(json, ['dim', 'hidden_size'], 768, file),
    n_layers: countIn(json, ['n_layers', 'num_hidden_layers'], 6, file),
    n_heads: countIn(json, ['n_heads', 'num_attention_heads'], 12, file),
    hidden_dim: countIn(json, ['hidden_dim'], 3072, file),
  };
  checkLayers(file, 'n_layers', config.n_layers);
  checkHeads(file, json, ['n_heads', config.n_heads], ['dim', config.dim], 'num_attention_heads');
  return config;
}

/** Far above any model (GPT-2 XL has 48), so that a wrong number does not fill the memory with names. */
const mostLayers = 1000;

function checkLayers(file: string, key: string, layers: number): void {
  if (layers > mostLayers) rejectKey(file, key, layers, `at most ${mostLayers}`);
}

type Named = readonly [key: string, value: number];

function checkHeads(file: string, json: Json, [key, heads]: Named, [of, width]: Named, alias: string): void {
  if (width % heads === 0) return;
  throw new UserError(
    `${file}: /${key}: is ${heads}${byDefault(json, key, alias)}, expected a divisor of ${of}, ${width}`,
  );
}
