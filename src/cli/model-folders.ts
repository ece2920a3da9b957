import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { readJson } from '../learning/json-file.js';

/** `--model` and `--reward-model`: folders as Hugging Face has them, from the current folder. */
export interface ModelFolders {
  readonly model?: string;
  readonly rewardModel?: string;
}

/**
 * The settings that `--model` and `--reward-model` are shorthands for, as `--set` takes them. Their paths are
 * absolute: a scenario's own are relative to its file.
 *
 * @throws UserError where a folder is missing or has no config.json; for the rest its loader answers.
 */
export async function modelSettings({ model, rewardModel }: ModelFolders): Promise<readonly string[]> {
  const settings: string[] = [];
  if (model !== undefined) {
    await check('--model', model, 'tokenizer.json (or vocab.json and merges.txt) of a GPT-2');
    settings.push(`model.path=${quotedPath(model)}`);
  }
  if (rewardModel !== undefined) {
    await check('--reward-model', rewardModel, 'tokenizer files of a DistilBERT or a GPT-2');
    const kind = await rewardModelKind(rewardModel);
    settings.push(`reward.model.kind=${kind}`, `reward.model.path=${quotedPath(rewardModel)}`);
  }
  return settings;
}

/**
 * Decides by config.json. What is not a GPT-2 has to be a DistilBERT; that loader reports what is wrong with
 * it.
 */
async function rewardModelKind(folder: string): Promise<'gpt2' | 'distilbert'> {
  const { model_type: type } = await readJson(join(folder, 'config.json'));
  return type === 'gpt2' ? 'gpt2' : 'distilbert';
}

/** As JSON, so that no folder's name is taken for a number. */
function quotedPath(folder: string): string {
  return JSON.stringify(resolve(folder));
}

async function check(option: string, folder: string, holds: string): Promise<void> {
  const what = await whatIsWrong(folder);
  if (what === null) return;
  throw new UserError(
    `${option} ${folder}: ${what}, expected a folder with config.json, model.safetensors and ${holds}; ` +
      'its path is taken from the current folder',
  );
}

async function whatIsWrong(folder: string): Promise<string | null> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return 'does not exist';
  if (!found.isDirectory()) return 'is no folder';
  const config = await stat(join(folder, 'config.json')).catch(() => null);
  return config?.isFile() ? null : 'has no config.json';
}
