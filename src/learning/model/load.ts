import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { sizeOf, type ParamSet, type TensorSpec } from '../params/param-set.js';
import { packageRoot } from '../../paths.js';
import { baseTensors } from './base.js';
import {
  checkFolder,
  readFinite,
  readSet,
  withCheckpoint,
  type Checkpoint,
  type StoredTensor,
  type WantedTensor,
} from './checkpoint.js';
import type { ModelConfig } from './config.js';
import { scoreTensors } from './gpt-reward.js';
import type { PretrainedReward } from './pretrained-reward.js';
import { isLlama } from './llama.js';
import { readDistilBertConfig, readGpt2Config, readLanguageConfig } from './read-config.js';
import { distilBertHeadTensors, distilBertTensors, type DistilBertConfig } from './distilbert-config.js';

/**
 * A GPT-2 from a folder as Hugging Face's packages write it (`config.json`, and `model.safetensors` whole or
 * in shards, of F32, F16 or BF16), or the embedded model (null). Names with and without the prefix
 * "transformer." are read; mask buffers are left out. The head is tied to wte: a head of its own must equal
 * it, and one in the place of wte is wte, both as transformers has it. A model of Llama's architecture is read by the
 * names of its own; the head is tied where its configuration says so.
 *
 * @throws UserError naming the file and the key or tensor that is missing or wrong.
 */
export async function loadModel(folder: string | null): Promise<{ config: ModelConfig; base: ParamSet }> {
  const from = folder ?? join(packageRoot(), 'assets', 'embedded');
  await checkFolder(from, 'config.json and model.safetensors of a language model');
  const config = await readLanguageConfig(join(from, 'config.json'));
  if (isLlama(config)) return { config, base: await loadLlama(from, config) };
  return withCheckpoint(from, 'transformer.', 'GPT2LMHeadModel', async (checkpoint) => {
    refuseOthers(checkpoint, baseTensors(config), maskOrHead, `GPT-2 with ${config.n_layer} blocks`);
    return { config, base: await readGpt2(checkpoint, config) };
  });
}

function loadLlama(folder: string, config: ModelConfig): Promise<ParamSet> {
  return withCheckpoint(folder, '', 'AutoModelForCausalLM', (checkpoint) => {
    const specs = baseTensors(config);
    const name = `${config.llama!.model_type} with ${config.n_layer} blocks`;
    refuseOthers(checkpoint, specs, frequenciesOrTiedHead, name);
    return readSet(
      'base',
      checkpoint,
      specs.map((spec) => asStored(spec, false)),
    );
  });
}

/** Old files have the rotary positions' frequencies. A tied head that stands there all the same is left out, as in transformers. */
const frequenciesOrTiedHead = /\.rotary_emb\.inv_freq$|^lm_head\.weight$/;

const maskOrHead = /\.attn\.(masked_)?bias$|^lm_head\.weight$/;

async function readGpt2(checkpoint: Checkpoint, config: ModelConfig): Promise<ParamSet> {
  const head = checkpoint.tensors.get('lm_head.weight');
  const embedding = checkpoint.tensors.get('wte.weight');
  if (head && embedding) await checkTied(head, embedding);
  const wanted = baseTensors(config).map((spec) => asStored(spec, !embedding && !!head));
  return readSet('base', checkpoint, wanted);
}

/** GPT-2's weights are stored as the code uses them, [in, out]. */
function asStored(spec: TensorSpec, onlyHead: boolean): WantedTensor {
  const source = onlyHead && spec.name === 'wte.weight' ? 'lm_head.weight' : spec.name;
  return { spec, source, transposed: false };
}

/** What reward models start from, with its shape. */
export interface LoadedReward<Config> extends PretrainedReward {
  readonly config: Config;
}

/** {@link baseTensors} and {@link scoreTensors}. */
export type LoadedGptReward = LoadedReward<ModelConfig>;

/**
 * A GPT-2 that reward models start from, by the rules of `loadModel`: with a head for one label, as
 * transformers' GPT2ForSequenceClassification leaves it, or a bare one.
 *
 * @throws UserError naming the file and the key or tensor that is missing or wrong.
 */
export async function loadGptReward(folder: string): Promise<LoadedGptReward> {
  await checkFolder(folder, 'config.json and model.safetensors of a GPT-2');
  const config = await readGpt2Config(join(folder, 'config.json'));
  return withCheckpoint(folder, 'transformer.', 'GPT2ForSequenceClassification', async (checkpoint) => {
    refuseOthers(checkpoint, baseTensors(config), maskOrHeads, `GPT-2 with ${config.n_layer} blocks`);
    const base = await readGpt2(checkpoint, config);
    const headTensors = scoreTensors(config);
    const labels = checkpoint.tensors.get('score.weight')?.entry.shape[0];
    const wanted = headTensors.map((spec) => asStored(spec, false));
    const head = labels === 1 ? await readSet('reward', checkpoint, wanted) : null;
    return { config, base, head, headTensors };
  });
}

const maskOrHeads = new RegExp(`${maskOrHead.source}|^score\\.weight$`);

/** {@link distilBertTensors}, of kind "reward", and {@link distilBertHeadTensors}. */
export type LoadedDistilBert = LoadedReward<DistilBertConfig>;

/**
 * A DistilBERT from a folder as Hugging Face's packages write it; names with and without the prefix
 * "distilbert." are read. PyTorch keeps the weights of linear layers [out, in]; the sets have them [in, out],
 * as GPT-2's. Heads for other purposes (masked words, questions) are left out.
 *
 * @throws UserError naming the file and the key or tensor that is missing or wrong.
 */
export async function loadDistilBert(folder: string): Promise<LoadedDistilBert> {
  await checkFolder(folder, 'config.json and model.safetensors of a DistilBERT');
  const config = await readDistilBertConfig(join(folder, 'config.json'));
  const pythonClass = 'DistilBertForSequenceClassification';
  return withCheckpoint(folder, 'distilbert.', pythonClass, async (checkpoint) => {
    const specs = distilBertTensors(config);
    refuseOthers(checkpoint, specs, otherHeads, `DistilBERT with ${config.n_layers} layers`);
    const base = await readSet('reward', checkpoint, specs.map(turned));
    const headTensors = distilBertHeadTensors(config);
    const labels = checkpoint.tensors.get('classifier.weight')?.entry.shape[0];
    const head = labels === 1 ? await readSet('reward', checkpoint, headTensors.map(turned)) : null;
    return { config, base, head, headTensors };
  });
}

const otherHeads = /^(vocab_(transform|layer_norm|projector)|qa_outputs|(pre_)?classifier)\.|\.position_ids$/;

function turned(spec: TensorSpec): WantedTensor {
  const isLinear = spec.shape.length === 2 && !spec.name.startsWith('embeddings.');
  return { spec, source: spec.name, transposed: isLinear };
}

function refuseOthers(
  { tensors }: Checkpoint,
  specs: readonly TensorSpec[],
  ignored: RegExp,
  what: string,
): void {
  const known = new Set(specs.map(({ name }) => name));
  for (const [name, { file, entry }] of tensors) {
    if (known.has(name) || ignored.test(name)) continue;
    throw new UserError(`${file.file}: /${entry.name}: is no tensor of a ${what}`);
  }
}

/** Elements of two tensors that are compared at a time. */
const comparedElements = 1 << 20;

/** Transformers does not tie a head that differs from wte, whatever config.json says; pwff has none. */
async function checkTied(head: StoredTensor, embedding: StoredTensor): Promise<void> {
  const length = sizeOf(embedding.entry.shape);
  const differ = (found: string): never => {
    throw new UserError(
      `${head.file.file}: /${head.entry.name}: is ${found}, expected equal to ${embedding.entry.name}: ` +
        'pwff has no GPT-2 with a head of its own (retrain with tie_word_embeddings)',
    );
  };
  const shapes = [head, embedding].map(({ entry }) => `[${entry.shape.join(', ')}]`);
  if (shapes[0] !== shapes[1]) differ(shapes[0]!);
  for (let first = 0; first < length; first += comparedElements) {
    const size = Math.min(comparedElements, length - first);
    const [ours, theirs] = [new Float32Array(size), new Float32Array(size)];
    await readFinite(head, ours, first);
    await readFinite(embedding, theirs, first);
    const at = ours.findIndex((value, index) => value !== theirs[index]);
    if (at >= 0) differ(`${ours[at]} at index ${first + at}, not ${theirs[at]}`);
  }
}
