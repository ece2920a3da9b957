import { basename, join, resolve } from 'node:path';
import { UserError } from '../../errors.js';
import { isThere } from '../../learning/json-file.js';
import type { ModelConfig } from '../../learning/model/config.js';
import type { DistilBertConfig } from '../../learning/model/distilbert-config.js';
import {
  readDistilBertConfig,
  readGpt2Config,
  readLanguageConfig,
} from '../../learning/model/read-config.js';
import { packageRoot } from '../../paths.js';
import { nearest } from '../../settings/nearest.js';
import { knownModels, knownRewardModels } from './known-shapes.js';

/** A model of which only the shape is known: neither weights nor tokenizer are read. */
export interface Shape<Config> {
  /** A known shape's, or the folder that it was read from. */
  readonly name: string;
  readonly config: Config;
}

/** Where a scenario names a folder: the scenario's file, its folder, and the value's JSON pointer. */
export interface Place {
  readonly file: string;
  readonly folder: string;
  readonly pointer: string;
}

/** The model that the package brings along, as `--model` names it. */
export const embeddedName = 'embedded';

/** Every name that `--model` knows besides folders. */
export const modelNames: readonly string[] = [embeddedName, ...Object.keys(knownModels)];

/**
 * The shape that `--model` names: a known one, or that of a folder (from the current folder), by its
 * config.json.
 *
 * @throws UserError where it is neither, or config.json is no GPT-2's.
 */
export async function namedModel(given: string): Promise<Shape<ModelConfig>> {
  if (given === embeddedName) return embeddedModel();
  const known = knownModels[given];
  if (known) return { name: given, config: known };
  const file = join(resolve(given), 'config.json');
  if (await isThere(file)) return { name: given, config: await readLanguageConfig(file) };
  const is = (await isThere(given)) ? 'has no config.json' : 'is neither a folder nor a known shape';
  const [near] = nearest(given, modelNames);
  const advice = near === undefined ? 'a folder is taken from the current folder' : `did you mean ${near}?`;
  throw new UserError(
    `--model ${given}: ${is}, expected a folder with config.json or one of ${modelNames.join(', ')}; ` +
      advice,
  );
}

/**
 * The language model of a scenario, `path` being its model.path. Where the folder is not there, its last name
 * may be that of a known shape.
 *
 * @throws UserError where it is none, or config.json is no GPT-2's.
 */
export async function modelAt(path: string | null, place: Place): Promise<Shape<ModelConfig>> {
  return path === null ? embeddedModel() : shapeAt(path, place, knownModels, readLanguageConfig);
}

/** The same of the DistilBERT that a scenario's reward models are, `path` being its reward.model.path. */
export async function distilBertAt(path: string, place: Place): Promise<Shape<DistilBertConfig>> {
  return shapeAt(path, place, knownRewardModels, readDistilBertConfig);
}

async function embeddedModel(): Promise<Shape<ModelConfig>> {
  const file = join(packageRoot(), 'assets', 'embedded', 'config.json');
  return { name: embeddedName, config: await readGpt2Config(file) };
}

async function shapeAt<Config>(
  path: string,
  { file, folder, pointer }: Place,
  known: Readonly<Record<string, Config>>,
  read: (file: string) => Promise<Config>,
): Promise<Shape<Config>> {
  const configFile = join(resolve(folder, path), 'config.json');
  if (await isThere(configFile)) return { name: path, config: await read(configFile) };
  const name = basename(path);
  const config = known[name];
  if (config) return { name, config };
  throw new UserError(
    `${file}: ${pointer}: is ${JSON.stringify(path)}, which has no config.json, expected the folder of a ` +
      `model, or the name of a known shape, ${Object.keys(known).join(', ')}; paths are relative to the ` +
      'scenario file',
  );
}
