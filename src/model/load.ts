import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.js';
import { paramSet, type ParamSet } from '../params/param-set.js';
import { readSafetensors, type NamedTensor } from '../params/safetensors.js';
import { packageRoot } from '../paths.js';
import { baseTensors } from './base.js';
import type { ModelConfig } from './config.js';

/**
 * A base model from a folder with Hugging Face's `config.json` and `model.safetensors` (GPT-2 architecture,
 * F32), or the embedded one (null). Names with and without the prefix "transformer." are read; mask buffers
 * and the tied head are left out.
 *
 * @throws UserError naming the file and the key or tensor that is missing or wrong.
 */
export async function loadModel(folder: string | null): Promise<{ config: ModelConfig; base: ParamSet }> {
  const from = folder ?? join(packageRoot(), 'assets', 'embedded');
  const config = await readConfig(join(from, 'config.json'));
  const file = join(from, 'model.safetensors');
  return { config, base: baseOf(config, readSafetensors(await read(file), file), file) };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read (${messageOf(thrown)}), expected a file of the model`);
  }
}

/** What the model code assumes of config.json where that says anything about it. */
const assumptions: Readonly<Record<string, readonly unknown[]>> = {
  model_type: ['gpt2'],
  activation_function: ['gelu_new', 'gelu_pytorch_tanh'],
  scale_attn_weights: [true],
  scale_attn_by_inverse_layer_idx: [false],
  tie_word_embeddings: [true],
  add_cross_attention: [false],
};

async function readConfig(file: string): Promise<ModelConfig> {
  const json = parseObject((await read(file)).toString('utf8'), file);
  for (const [key, allowed] of Object.entries(assumptions)) {
    if (key in json && !allowed.includes(json[key]))
      reject(file, key, json[key], allowed.map(quoted).join(' or '));
  }
  const config: ModelConfig = {
    vocab_size: countIn(json, 'vocab_size', file),
    n_positions: countIn(json, 'n_positions', file),
    n_embd: countIn(json, 'n_embd', file),
    n_layer: countIn(json, 'n_layer', file),
    n_head: countIn(json, 'n_head', file),
    layer_norm_epsilon: numberIn(json, 'layer_norm_epsilon', file),
    eos_token_id: numberIn(json, 'eos_token_id', file),
  };
  checkRelations(config, json['n_inner'], file);
  return config;
}

function checkRelations(config: ModelConfig, inner: unknown, file: string): void {
  const { n_embd, n_head, eos_token_id, vocab_size } = config;
  if (n_embd % n_head !== 0) reject(file, 'n_head', n_head, `a divisor of n_embd, ${n_embd}`);
  if (inner !== undefined && inner !== null && inner !== 4 * n_embd) {
    reject(file, 'n_inner', inner, `null or 4 · n_embd, ${4 * n_embd}`);
  }
  if (!Number.isInteger(eos_token_id) || eos_token_id < 0 || eos_token_id >= vocab_size) {
    reject(file, 'eos_token_id', eos_token_id, `a token from 0 to ${vocab_size - 1}`);
  }
}

function parseObject(text: string, file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch (thrown) {
    throw new UserError(`${file}: is not JSON (${messageOf(thrown)}), expected a model's config.json`);
  }
  throw new UserError(`${file}: is ${text.trim()}, expected a JSON object`);
}

function countIn(json: Record<string, unknown>, key: string, file: string): number {
  const value = json[key];
  return Number.isSafeInteger(value) && (value as number) > 0
    ? (value as number)
    : reject(file, key, value, 'a whole number above 0');
}

function numberIn(json: Record<string, unknown>, key: string, file: string): number {
  const value = json[key];
  return typeof value === 'number' && value >= 0 ? value : reject(file, key, value, 'a number, 0 or more');
}

function reject(file: string, key: string, value: unknown, expected: string): never {
  throw new UserError(`${file}: /${key}: is ${quoted(value)}, expected ${expected}`);
}

function quoted(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

/** Takes the tensors that the architecture has, in its order. */
function baseOf(config: ModelConfig, tensors: ReadonlyMap<string, NamedTensor>, file: string): ParamSet {
  const named = new Map([...tensors].map(([name, tensor]) => [name.replace(/^transformer\./, ''), tensor]));
  const specs = baseTensors(config);
  const known = new Set(specs.map(({ name }) => name));
  for (const name of named.keys()) {
    if (known.has(name) || /\.attn\.(masked_)?bias$|^lm_head\.weight$/.test(name)) continue;
    throw new UserError(`${file}: /${name}: is no tensor of a GPT-2 with ${config.n_layer} blocks`);
  }
  return paramSet(
    'base',
    specs.map(({ name, shape }) => {
      const tensor = named.get(name);
      const found = tensor === undefined ? 'missing' : `[${tensor.shape.join(', ')}]`;
      const expected = `[${shape.join(', ')}]`;
      if (tensor === undefined || found !== expected) {
        throw new UserError(`${file}: /${name}: is ${found}, expected a tensor of shape ${expected}`);
      }
      return { name, shape, values: tensor.values };
    }),
  );
}
