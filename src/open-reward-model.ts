import { resolve } from 'node:path';
import type { DistilBertStart } from './actors/world.js';
import type { Encoding } from './clients/population.js';
import { loadWordPiece } from './data/word-piece.js';
import { UserError } from './errors.js';
import { frozenBackbone } from './model/distilbert-reward.js';
import { loadDistilBert } from './model/load.js';
import type { RunOptions } from './run.js';
import { tokenizerFiles } from './training/reward-models/tokenizers.js';
import type { DistilBertShape } from './training/task.js';

/** A DistilBERT as the parts of a run take it. */
export interface OpenRewardModel {
  /** For the server. */
  readonly start: DistilBertStart;
  /** For tasks, beside the language model's shape. */
  readonly shape: { readonly reward: DistilBertShape };
  /** For the clients' preference pairs. */
  readonly encoding: { readonly reward: NonNullable<Encoding['reward']> };
}

/**
 * Loads the DistilBERT that a scenario names; null where reward models are networks on the base's features.
 *
 * @throws UserError where a file is missing or wrong, or tokenizer and weights are of different models.
 */
export async function openRewardModel(
  { scenario, folder }: Pick<RunOptions, 'scenario' | 'folder'>,
  modelFolder: string | null,
): Promise<OpenRewardModel | null> {
  const { model, hidden } = scenario.reward;
  if (model.kind === 'features' || model.path === null) return null;
  const rewardFolder = resolve(folder, model.path);
  const loaded = await loadDistilBert(rewardFolder);
  const { config } = loaded;
  const tokenizer = await loadWordPiece(rewardFolder);
  if (tokenizer.size > config.vocab_size) {
    throw new UserError(
      `${rewardFolder}: its tokenizer has ${tokenizer.size} tokens, expected at most ${config.vocab_size}, ` +
        'the vocab_size of its config.json; take tokenizer and weights from the same model',
    );
  }
  const [languageTokenizer, rewardTokenizer] = await Promise.all([
    tokenizerFiles(modelFolder),
    tokenizerFiles(rewardFolder),
  ]);
  return {
    start: { loaded, backbone: model.train === 'head' ? frozenBackbone(loaded) : null },
    shape: { reward: { config, criticHidden: hidden, languageTokenizer, rewardTokenizer } },
    encoding: { reward: { tokenizer, maxTokens: config.max_position_embeddings } },
  };
}
