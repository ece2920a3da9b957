import type { Definition } from '../script/define.js';
import { isScript } from '../script/load-module.js';
import { refuseTakenNames, together, type OwnStrategies } from '../strategies/strategies.js';
import type { Change } from './changes.js';
import { readScenario, readWritten } from './read.js';
import { noScript, readScript, takenApart, type Script, type WrittenScript } from './script.js';
import { findScenarioFile } from './file.js';
import { rules, type Surroundings } from './relations.js';
import type { Scenario } from './schema.js';
import { surroundingsOf } from './surroundings.js';

export interface LoadOptions {
  /** Changes made before the scenario is checked, each as `path=value`, for example `clients.count=4`. */
  readonly set?: readonly string[];
  /** What messages call those changes (default: "--set"). */
  readonly option?: string;
  /** Takes the place of the scenario's own seed. */
  readonly seed?: number;
  /** The model's form, where the caller knows it; else it is read from the model's config.json. */
  readonly model?: Surroundings['model'];
  /** Strategies that the scenario may name beside those of the tables; `runScenario` takes the same. */
  readonly strategies?: OwnStrategies;
  /** Where a scenario stands that is given as a value: paths in it are relative to the folder of this file. */
  readonly standsIn?: string;
}

export interface LoadedScenario {
  /** Defaults filled in, checked, deeply frozen. */
  readonly scenario: Scenario;
  /** Absolute folder of the file; paths in the scenario are relative to it. */
  readonly folder: string;
  /** The file as it was named, or where it was found; null for a definition that stands in none. */
  readonly file: string | null;
  /** What a scenario in TypeScript brings along, for `runScenario`. */
  readonly script: Script;
}

/**
 * Reads, completes, checks and freezes a scenario. `source` names a JSON or YAML file, a module in TypeScript or
 * JavaScript whose default export `defineScenario` makes, or one of the package's own scenarios by its bare name
 * ("quickstart"); or the scenario stands in the code that calls, as `defineScenario` makes it.
 *
 * Throws a UserError that has one line for each problem: file, JSON pointer, value, what was expected, what
 * to do.
 */
export async function loadScenario(
  source: string | Definition,
  options: LoadOptions = {},
): Promise<LoadedScenario> {
  return loadWritten(await read(source, options.standsIn ?? null), options);
}

/** The same of what was read already. */
export async function loadWritten(
  written: WrittenScript,
  options: LoadOptions = {},
): Promise<LoadedScenario> {
  const { model } = options;
  const own = together(options.strategies ?? {}, written.script.strategies);
  refuseTakenNames(own);
  const around = async (scenario: Scenario, folder: string) => ({
    ...(await surroundingsOf(scenario, folder, model)),
    own,
    code: written.script.code,
  });
  const { scenario, folder } = await readScenario(written, changesOf(options), { rules, around }, own);
  return { scenario, folder, file: written.file, script: written.script };
}

async function read(source: string | Definition, standsIn: string | null): Promise<WrittenScript> {
  if (typeof source !== 'string') return takenApart(source, standsIn);
  const file = await findScenarioFile(source);
  return isScript(file) ? readScript(file) : { ...(await readWritten(file)), script: noScript };
}

/** As one change, in this order: a seed takes the place of whatever was set before. */
function changesOf({ set = [], seed, option = '--set' }: LoadOptions): Change[] {
  return [{ option, settings: seed === undefined ? set : [...set, `seed=${seed}`] }];
}
