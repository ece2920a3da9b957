import { join, resolve } from 'node:path';
import { methods } from '../strategies/methods/index.js';
import type { Method } from '../strategies/methods/method.js';
import { UserError } from '../errors.js';
import { isThere } from '../learning/json-file.js';
import { readParts } from '../learning/model/checkpoint.js';
import type { ModelConfig } from '../learning/model/config.js';
import { loadModel } from '../learning/model/load.js';
import { refOf, type ParamSet, type TensorSpec } from '../learning/params/param-set.js';
import { openSafetensors } from '../learning/params/safetensors.js';
import { packageRoot } from '../paths.js';
import { recordFiles } from '../records/folder.js';
import type { Manifest } from '../records/manifest.js';
import { readManifest } from '../records/read.js';

/** A language model as a run left it: the server's, or a client's. */
export interface TrainedModel {
  /** "client-3", or "the global model". */
  readonly whose: string;
  readonly manifest: Manifest;
  /** Folder of the base model. */
  readonly folder: string;
  readonly config: ModelConfig;
  readonly base: ParamSet;
  /** Null where it has none. */
  readonly adapters: ParamSet | null;
  readonly lora: ParamSet | null;
}

/** Which model of a run, and where its base is. */
export interface TrainedModelChoice {
  /** Null: the global model, as the server has it. */
  readonly client: string | null;
  /** Null: where the scenario has it. */
  readonly model: string | null;
}

/**
 * Opens a model that a run left, with its base.
 *
 * @throws UserError where the folder is no run's, has no parameters of that client, or the base model is not the
 *   one that the run was made with.
 */
export async function openTrainedModel(
  run: string,
  { client, model }: TrainedModelChoice,
): Promise<TrainedModel> {
  const manifest = await readManifest(join(run, recordFiles.manifest));
  if (client !== null) checkClient(run, client, manifest);
  const { slots = [] } = (methods as Readonly<Record<string, Method>>)[manifest.scenario.method] ?? {};
  if (slots.some(({ change }) => change !== undefined)) {
    throw new UserError(
      `${run}: its method ${manifest.scenario.method} has changed the base model itself, expected a run whose model is the base ` +
        'with LoRA or adapters',
    );
  }
  const file = join(run, recordFiles.params, `${client ?? 'global'}.safetensors`);
  if (!(await isThere(file))) {
    throw new UserError(`${file}: is missing, expected the parameters that a run leaves at its end`);
  }
  const { adapters = null, lora = null } = await readTuned(file);
  const folder = baseFolder(manifest, model);
  const { config, base } = await loadModel(folder);
  const { hash } = refOf(base);
  if (hash !== manifest.modelHash) {
    throw new UserError(
      `${folder}: its parameters have the SHA-256 ${hash}, expected ${manifest.modelHash}, the base model of ${run}; ` +
        'name that one with --model',
    );
  }
  return { whose: client ?? 'the global model', manifest, folder, config, base, adapters, lora };
}

function checkClient(run: string, client: string, { clients }: Manifest): void {
  const ids = clients.map(({ id }) => id);
  if (ids.includes(client)) return;
  throw new UserError(`--client: ${client} is not in ${run}, expected ${ids.join(', ')}`);
}

/** A scenario's own path is relative to a file that the record does not name. */
function baseFolder({ scenario }: Manifest, model: string | null): string {
  const path = model ?? scenario.model.path;
  if (path === null) return join(packageRoot(), 'assets', 'embedded');
  if (model === null && resolve(path) !== path) {
    throw new UserError(
      `scenario ${scenario.name}: /model/path: is ${JSON.stringify(path)}, relative to the scenario's file, expected ` +
        'an absolute path to find the base model by; name its folder with --model',
    );
  }
  return resolve(path);
}

/** LoRA by the ends of its tensors' names, adapters for the rest. */
async function readTuned(file: string): Promise<{ adapters?: ParamSet; lora?: ParamSet }> {
  const open = await openSafetensors(file);
  const specs: TensorSpec[] = [...open.entries.values()].map(({ name, shape }) => ({ name, shape }));
  await open.close();
  const isLora = ({ name }: TensorSpec) => /\.lora_[AB]$/.test(name);
  return readParts(file, () => ({
    adapters: { kind: 'adapters', tensors: specs.filter((spec) => !isLora(spec)) },
    lora: { kind: 'lora', tensors: specs.filter(isLora) },
  }));
}
