import { UserError } from '../errors.js';
import type { TokenizerFiles } from '../learning/model/model-shape.js';
import type { TaskRequest } from '../learning/training/task.js';
import { tokenizerFiles } from '../learning/training/reward-models/tokenizers.js';

/*
 * The tokenizers that a DistilBERT reads with stand in folders of each machine: a worker opens none that a job names,
 * but its own of the same content.
 */

/** Folders by the hashes of their tokenizers; null: the embedded one. */
export type OwnTokenizers = ReadonlyMap<string, string | null>;

/** UserError where a folder has no tokenizer. */
export async function tokenizersIn(folders: readonly string[]): Promise<OwnTokenizers> {
  const found = new Map<string, string | null>([[(await tokenizerFiles(null)).hash, null]]);
  for (const folder of folders) {
    const { hash } = await tokenizerFiles(folder).catch((error: unknown) => {
      throw new UserError(
        `--models: ${folder} has no tokenizer (${String(error)}), expected the folder of a model`,
      );
    });
    found.set(hash, folder);
  }
  return found;
}

/** The request with this machine's folders; throws where it has none of a tokenizer's content. */
export function withOwnTokenizers(request: TaskRequest, own: OwnTokenizers): TaskRequest {
  const { reward } = request.model;
  if (reward?.kind !== 'distilbert') return request;
  const here = ({ hash }: TokenizerFiles): TokenizerFiles => {
    const folder = own.get(hash);
    if (folder !== undefined) return { folder, hash };
    throw new Error(
      `this worker has no tokenizer of hash ${hash.slice(0, 16)}: start it with --models <folders of the run's models>`,
    );
  };
  const { languageTokenizer, rewardTokenizer } = reward;
  const ours = { languageTokenizer: here(languageTokenizer), rewardTokenizer: here(rewardTokenizer) };
  return { ...request, model: { ...request.model, reward: { ...reward, ...ours } } };
}
