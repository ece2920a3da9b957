import { join, resolve } from 'node:path';
import { methods } from '../strategies/methods/index.js';
import { shared, type Method, type Slot } from '../strategies/methods/method.js';
import { sharedParts, trainedParts } from '../strategies/methods/parts.js';
import { UserError } from '../errors.js';

import type { ModelConfig } from '../learning/model/config.js';
import { loadModel } from '../learning/model/load.js';
import type { Mixture } from '../learning/model/mixture.js';
import { rolesOf, tensorsWith } from '../learning/model/roles.js';
import { blended, mixedSlot, slotOf } from '../learning/model/slots.js';
import { joinedLora } from '../learning/interchange/joined-lora.js';
import { refOf, type ParamSet } from '../learning/params/param-set.js';
import { packageRoot } from '../paths.js';
import { recordFiles } from '../records/folder.js';
import type { Manifest } from '../records/manifest.js';
import { SavedParams } from '../records/param-packs.js';
import { tunedFile } from '../records/params.js';
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
  if (methodOf(manifest)?.slots.some(({ change }) => change !== undefined)) {
    throw new UserError(
      `${run}: its method ${manifest.scenario.method} has changed the base model itself, expected a run whose model is the base ` +
        'with LoRA or adapters',
    );
  }
  const { adapters, lora } = await readTuned(run, client, manifest);
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

/** Undefined where it was the caller's own, in an older folder. */
function methodOf({ method, scenario }: Manifest): Method | undefined {
  return method ?? (methods as Readonly<Record<string, Method>>)[scenario.method];
}

/** All that is tuned in a model, as one set of each kind. */
async function readTuned(
  run: string,
  client: string | null,
  manifest: Manifest,
): Promise<Pick<TrainedModel, 'adapters' | 'lora'>> {
  const method: Pick<Method, 'slots' | 'mixture'> = methodOf(manifest) ?? {
    slots: [shared('adapters'), shared('lora')],
  };
  const mixture = client === null ? sharedMixture(method) : method.mixture;
  const owner = client ?? 'global';
  const saved = await SavedParams.open(join(run, recordFiles.params));
  const sets: Record<string, ParamSet> = {};
  try {
    for (const slot of method.slots) {
      const set = await readSlot(saved, owner, slot);
      if (set !== null) sets[slot.name] = set;
    }
  } finally {
    await saved.close();
  }
  if (Object.keys(sets).length === 0) {
    const file = saved.fileOf(owner);
    throw new UserError(`${file}: is missing, expected the parameters that a run leaves at its end`);
  }
  const counted = Object.entries(blended(mixture, sets)).map(([part, set]) => ({
    set,
    share: mixedSlot(mixture, part)!.share,
  }));
  const [adapters = null, second] = counted.filter(({ set }) => set.kind === 'adapters');
  if (second || (adapters && adapters.share !== 1)) {
    throw new UserError(
      `${run}: its method ${manifest.scenario.method} has several sets of bottleneck adapters in one model, expected one`,
    );
  }
  const loras = counted.filter(({ set }) => set.kind === 'lora');
  return {
    adapters: adapters?.set ?? null,
    lora: loras.length === 0 ? null : joinedLora(loras.map(({ set, share }) => ({ lora: set, share }))),
  };
}

/** The model that all have: what is shared of what clients tune. */
function sharedMixture(method: Pick<Method, 'slots'>): Mixture {
  const tuned = trainedParts(method).map(slotOf);
  const slots = sharedParts(method).map(slotOf);
  return Object.fromEntries(slots.filter((name) => tuned.includes(name)).map((name) => [name, { share: 1 }]));
}

/** A slot's tensors, of all of its roles; null where there are none. */
async function readSlot(saved: SavedParams, owner: string, slot: Slot): Promise<ParamSet | null> {
  const found = await saved.read(tunedFile(owner, slot), (tensors) => ({
    adapters: { kind: 'adapters', tensors: tensorsWith(tensors, rolesOf.adapters) },
    lora: { kind: 'lora', tensors: tensorsWith(tensors, rolesOf.lora) },
  }));
  return found?.[slot.kind] ?? null;
}
