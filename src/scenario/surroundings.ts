import { hasRewardModels } from '../../machines/protocol.js';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.js';
import { peftConfig } from '../learning/interchange/peft-files.js';
import { isCount, readJson } from '../learning/json-file.js';
import type { KnownModel } from '../learning/model/relations.js';
import { packageRoot } from '../paths.js';
import { traceFiles } from '../radio/channel/fading/recordings.js';
import { recordFiles } from '../records/folder.js';
import type { Choice } from '../settings/choice.js';
import { whyUnreadable } from './file.js';
import type { Surroundings } from './relations.js';
import type { Scenario } from './schema.js';

/** What the rules ask of the disk; `known` takes the place of what the model's config.json would say. */
export async function surroundingsOf(
  { channel, clients, data, from, measure, model, reward, stages }: Scenario,
  folder: string,
  known: KnownModel['model'] | undefined,
): Promise<Surroundings> {
  const modelFolder = model.path === null ? embeddedModelFolder() : resolve(folder, model.path);
  const hasRewards = hasRewardModels(stages);
  const files = Object.entries(data.files ?? {}).filter(([key]) => hasRewards || key === 'instructions');
  const named = [
    ...files.map(([key, path]) => [`/data/files/${key}`, path] as const),
    ...traceFiles(channel.traceFile, clients.count),
    ...fileOf('/clients/presence', clients.presence),
    ...(measure.forgetting?.file ? [['/measure/forgetting/file', measure.forgetting.file] as const] : []),
    ...(from === null ? [] : [['/from', join(from, recordFiles.manifest)] as const]),
    ...configOf('/model/path', model.path),
    ...(model.fromPeft === null ? [] : [['/model/fromPeft', join(model.fromPeft, peftConfig)] as const]),
    ...configOf('/reward/model/path', hasRewards ? reward.model.path : null),
  ];
  const unreadable: Record<string, string> = {};
  for (const [pointer, path] of named) {
    const why = await whyUnreadable(resolve(folder, path));
    if (why !== null) unreadable[pointer] ??= `is ${JSON.stringify(path)}, which ${why}`;
  }
  return { model: known ?? (await readModelConfig(modelFolder)), unreadable };
}

/** The file that a choice has as an option. */
function fileOf(pointer: string, choice: Choice): readonly (readonly [pointer: string, path: string])[] {
  const file = typeof choice === 'string' ? undefined : choice['file'];
  return typeof file === 'string' ? [[`${pointer}/file`, file]] : [];
}

/** Every model's folder has this file; what else it must have, the model's loader tells. */
function configOf(
  pointer: string,
  path: string | null,
): readonly (readonly [pointer: string, path: string])[] {
  return path === null ? [] : [[pointer, join(path, 'config.json')]];
}

/** Folder of the model that the package brings along. */
function embeddedModelFolder(): string {
  return join(packageRoot(), 'assets', 'embedded');
}

/**
 * The model's form, or null where the file is missing or not a configuration (the model's loader tells why).
 */
async function readModelConfig(folder: string): Promise<KnownModel['model']> {
  const json = await readJson(join(folder, 'config.json')).catch(nullIfRefused);
  // By the names of a GPT-2's configuration, or of a Llama's.
  const { n_layer = json?.['num_hidden_layers'], n_embd = json?.['hidden_size'] } = json ?? {};
  const { n_positions = json?.['max_position_embeddings'] } = json ?? {};
  if (!isCount(n_layer) || !isCount(n_embd) || !isCount(n_positions)) return null;
  return { n_layer, n_embd, n_positions };
}

function nullIfRefused(error: unknown): null {
  if (error instanceof UserError) return null;
  throw error;
}
