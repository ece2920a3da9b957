import { constants } from 'node:fs';
import { access, readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { UserError, messageOf } from '../errors.js';
import type { ModelConfig } from '../learning/model/config.js';
import { packageRoot } from '../paths.js';
import { applyChanges, type Change } from './changes.js';
import { nearest } from '../settings/nearest.js';
import { parseScenarioText } from './parse.js';
import type { Surroundings } from './relations.js';
import type { Scenario } from './schema.js';
import { checkRelations, deepFreeze, problemsError } from './validate.js';

export interface LoadOptions {
  /** Changes made before the scenario is checked, each as `path=value`, for example `clients.count=4`. */
  readonly set?: readonly string[];
  /** Takes the place of the scenario's own seed. */
  readonly seed?: number;
  /** The model's form, where the caller knows it; else it is read from the model's config.json. */
  readonly model?: Surroundings['model'];
}

export interface LoadedScenario {
  /** Defaults filled in, checked, deeply frozen. */
  readonly scenario: Scenario;
  /** Absolute folder of the file; paths in the scenario are relative to it. */
  readonly folder: string;
  /** The file as it was named, or where it was found. */
  readonly file: string;
}

/**
 * Reads, completes, checks and freezes a scenario. `path` names a JSON or YAML file, or one of the package's
 * own scenarios by its bare name ("quickstart").
 *
 * Throws a UserError that has one line for each problem: file, JSON pointer, value, what was expected, what
 * to do.
 */
export async function loadScenario(path: string, options: LoadOptions = {}): Promise<LoadedScenario> {
  const { file, written } = await readWritten(path);
  const folder = dirname(resolve(file));
  const { scenario, originOf } = applyChanges(written, changesOf(options), file);
  const surroundings = await surroundingsOf(scenario, folder, options.model);
  const related = checkRelations(scenario, surroundings);
  if (related.length > 0) throw problemsError(related, originOf);
  return { scenario: deepFreeze(scenario), folder, file };
}

/** As one change, in this order: a seed takes the place of whatever was set before. */
function changesOf({ set = [], seed }: LoadOptions): Change[] {
  return [{ option: '--set', settings: seed === undefined ? set : [...set, `seed=${seed}`] }];
}

/**
 * What stands in a scenario file, unchecked: JSON or YAML, or one of the package's own by its bare name.
 * UserError where it cannot be read or parsed.
 */
export async function readWritten(
  path: string,
): Promise<{ readonly file: string; readonly written: unknown }> {
  const file = await findScenarioFile(path);
  return { file, written: parseScenarioText(await readScenarioFile(file), file) };
}

async function findScenarioFile(path: string): Promise<string> {
  const isBareName = extname(path) === '' && basename(path) === path;
  const candidates = isBareName ? [path, join(packageRoot(), 'scenarios', `${path}.json`)] : [path];
  for (const candidate of candidates) {
    if (await isFile(candidate)) return candidate;
  }
  throw new UserError(`${path}: ${await whyUnreadable(path)}, expected a scenario file${await advice(path)}`);
}

async function advice(path: string): Promise<string> {
  const folder = dirname(path);
  const files = await readdir(folder).catch(() => []);
  const scenarios = files.filter((name) => /\.(json|ya?ml)$/.test(name) && !name.endsWith('.schema.json'));
  const [near] = nearest(basename(path), scenarios, (name) => name);
  if (near !== undefined) return `; did you mean ${join(folder, near)}?`;
  return '; the package brings its own along, for example quickstart and tiny';
}

async function readScenarioFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file}: cannot be read (${messageOf(error)}), expected a scenario file`);
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Null if the file can be read. */
async function whyUnreadable(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 'does not exist';
  if (!found.isFile()) return 'is not a file';
  if (found.size === 0) return 'is empty';
  return access(path, constants.R_OK).then(
    () => null,
    () => 'may not be read',
  );
}

async function surroundingsOf(
  { channel, data, model, reward }: Scenario,
  folder: string,
  known: Surroundings['model'] | undefined,
): Promise<Surroundings> {
  const modelFolder = model.path === null ? embeddedModelFolder() : resolve(folder, model.path);
  const named = [
    ...Object.entries(data.files ?? {}).map(([key, path]) => [`/data/files/${key}`, path] as const),
    ...(channel.traceFile === null ? [] : [['/channel/traceFile', channel.traceFile] as const]),
    ...configOf('/model/path', model.path),
    ...configOf('/reward/model/path', reward.model.path),
  ];
  const unreadable: Record<string, string> = {};
  for (const [pointer, path] of named) {
    const why = await whyUnreadable(resolve(folder, path));
    if (why !== null) unreadable[pointer] ??= `is ${JSON.stringify(path)}, which ${why}`;
  }
  return { model: known ?? (await readModelConfig(modelFolder)), unreadable };
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
async function readModelConfig(folder: string): Promise<Surroundings['model']> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { n_layer, n_embd, n_positions } = JSON.parse(text) as Partial<ModelConfig>;
    if (n_layer === undefined || n_embd === undefined || n_positions === undefined) return null;
    return { n_layer, n_embd, n_positions };
  } catch {
    return null;
  }
}
