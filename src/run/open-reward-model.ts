import { resolve } from 'node:path';
import type { PretrainedStart } from '../actors/world.js';
import type { Encoding } from '../learning/clients/population.js';
import {
  openFolderTokenizer,
  sameTokens,
  type Tokenizer,
  type TokenizerSource,
} from '../learning/data/tokenizer.js';
import { loadWordPiece } from '../learning/data/word-piece.js';
import { UserError } from '../errors.js';
import type { ModelConfig } from '../learning/model/config.js';
import { isLlama } from '../learning/model/llama.js';
import { scoreTensors } from '../learning/model/gpt-reward.js';
import { loadDistilBert, loadGptReward, type LoadedGptReward } from '../learning/model/load.js';
import {
  frozenBackbone,
  type PretrainedReward,
  type TrainedPart,
} from '../learning/model/pretrained-reward.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { RunOptions } from './options.js';
import { tokenizerFiles } from '../learning/training/reward-models/tokenizers.js';
import type { RewardShape } from '../learning/model/model-shape.js';

/** A pre-trained network as the parts of a run take it. */
export interface OpenRewardModel {
  /** For the server. */
  readonly start: PretrainedStart;
  /** For tasks, beside the language model's shape. */
  readonly shape: { readonly reward: RewardShape };
  /** For the clients' preference pairs; without `reward` they are tokens of the language model. */
  readonly encoding: Pick<Encoding, 'reward'>;
  /** The folder, where it has no tokenizer and is read by GPT-2's own. */
  readonly borrowsTokenizer: string | null;
}

/** The language model of a run; `folder`: null for the embedded one. */
export interface OpenLanguageModel {
  readonly folder: string | null;
  /** As in its file, but that a text ends with the tokenizer's end-of-text. */
  readonly config: ModelConfig;
  /** The end-of-text of its file. */
  readonly statedEndOfText: number;
  readonly base: ParamSet;
  readonly tokenizer: Tokenizer;
  readonly tokenizerSource: TokenizerSource;
}

/**
 * Loads the network that reward models start from; null where they are small networks on the base's features.
 *
 * @throws UserError where a file is missing or wrong, tokenizer and weights are of different models, or a
 *   GPT-2 has other tokens than the language model.
 */
export async function openRewardModel(
  { scenario, folder }: Pick<RunOptions, 'scenario' | 'folder'>,
  language: OpenLanguageModel,
): Promise<OpenRewardModel | null> {
  const { model, hidden } = scenario.reward;
  if (model.kind === 'features') return null;
  const rewardFolder = model.path === null ? null : resolve(folder, model.path);
  if (model.kind === 'gpt2') return openGpt(model.train, rewardFolder, language);
  // The relations of a scenario give every DistilBERT a folder.
  return openDistilBert(model.train, rewardFolder!, language.folder, hidden);
}

async function openGpt(
  train: TrainedPart,
  folder: string | null,
  language: OpenLanguageModel,
): Promise<OpenRewardModel> {
  if (folder === null) refuseLlama(language);
  const { loaded, source } =
    folder === null ? { loaded: headless(language), source: null } : await loadWithTokensOf(language, folder);
  return {
    start: startOf(loaded, train),
    shape: { reward: { kind: 'gpt2', config: loaded.config } },
    encoding: {},
    borrowsTokenizer: source === 'r50k_base' ? folder : null,
  };
}

function refuseLlama({ config, folder }: OpenLanguageModel): void {
  if (!isLlama(config)) return;
  throw new UserError(
    `${folder}: is a ${config.llama.model_type}, expected a GPT-2 where reward models of kind "gpt2" start from the language ` +
      'model; set reward.model.path, or reward.model.kind to "features"',
  );
}

function headless({ config, base }: OpenLanguageModel): LoadedGptReward {
  return { config, base, head: null, headTensors: scoreTensors(config) };
}

async function loadWithTokensOf(
  { config, tokenizer }: OpenLanguageModel,
  folder: string,
): Promise<{ readonly loaded: LoadedGptReward; readonly source: TokenizerSource }> {
  const loaded = await loadGptReward(folder);
  const own = await openFolderTokenizer(folder);
  if (!sameTokens(own.tokenizer, tokenizer)) {
    throw new UserError(
      `${folder}: has another tokenizer than the language model, expected the same for a reward model of ` +
        'kind "gpt2"; take a GPT-2 that was made from the language model',
    );
  }
  for (const key of ['vocab_size', 'n_positions'] as const) {
    if (loaded.config[key] >= config[key]) continue;
    throw new UserError(
      `${folder}: has ${key} ${loaded.config[key]}, expected at least ${config[key]}, that of the language ` +
        'model',
    );
  }
  return { loaded, source: own.source };
}

async function openDistilBert(
  train: TrainedPart,
  folder: string,
  languageFolder: string | null,
  criticHidden: number,
): Promise<OpenRewardModel> {
  const loaded = await loadDistilBert(folder);
  const { config } = loaded;
  const tokenizer = await loadWordPiece(folder);
  if (tokenizer.size > config.vocab_size) {
    throw new UserError(
      `${folder}: its tokenizer has ${tokenizer.size} tokens, expected at most ${config.vocab_size}, ` +
        'the vocab_size of its config.json; take tokenizer and weights from the same model',
    );
  }
  const [languageTokenizer, rewardTokenizer] = await Promise.all([
    tokenizerFiles(languageFolder),
    tokenizerFiles(folder),
  ]);
  return {
    start: startOf(loaded, train),
    shape: { reward: { kind: 'distilbert', config, criticHidden, languageTokenizer, rewardTokenizer } },
    encoding: { reward: { tokenizer, maxTokens: config.max_position_embeddings } },
    borrowsTokenizer: null,
  };
}

function startOf(loaded: PretrainedReward, train: TrainedPart): PretrainedStart {
  return { loaded, backbone: train === 'head' ? frozenBackbone(loaded) : null };
}
