import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { peftConfig, peftWeights } from '../learning/interchange/peft-files.js';
import { readJson } from '../learning/json-file.js';

/** `--model`, `--reward-model`, `--from-peft`: folders as Hugging Face's libraries have them, from the current folder. */
export interface ModelFolders {
  readonly model?: string;
  readonly rewardModel?: string;
  readonly fromPeft?: string;
}

/**
 * The settings that these options are shorthands for, as `--set` takes them. Their paths are
 * absolute: a scenario's own are relative to its file.
 *
 * @throws UserError where a folder is missing or has no configuration; for the rest its loader answers.
 */
export async function modelSettings({
  model,
  rewardModel,
  fromPeft,
}: ModelFolders): Promise<readonly string[]> {
  const settings: string[] = [];
  if (model !== undefined) {
    await check('--model', model, [...weights, 'tokenizer.json (or vocab.json and merges.txt) of a GPT-2']);
    settings.push(`model.path=${quotedPath(model)}`);
  }
  if (rewardModel !== undefined) {
    await check('--reward-model', rewardModel, [...weights, 'tokenizer files of a DistilBERT or a GPT-2']);
    const kind = await rewardModelKind(rewardModel);
    settings.push(`reward.model.kind=${kind}`, `reward.model.path=${quotedPath(rewardModel)}`);
  }
  if (fromPeft !== undefined) {
    await check('--from-peft', fromPeft, [peftConfig, `${peftWeights} of a LoRA`]);
    settings.push(`model.fromPeft=${quotedPath(fromPeft)}`);
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

const weights = ['config.json', 'model.safetensors'] as const;

/** `files` are what the folder is to have, the first of which is looked for. */
async function check(option: string, folder: string, files: readonly string[]): Promise<void> {
  const what = await whatIsWrong(folder, files[0]!);
  if (what === null) return;
  throw new UserError(
    `${option} ${folder}: ${what}, expected a folder with ${files.slice(0, -1).join(', ')} and ${files.at(-1)}; ` +
      'its path is taken from the current folder',
  );
}

async function whatIsWrong(folder: string, file: string): Promise<string | null> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return 'does not exist';
  if (!found.isDirectory()) return 'is no folder';
  const config = await stat(join(folder, file)).catch(() => null);
  return config?.isFile() ? null : `has no ${file}`;
}
