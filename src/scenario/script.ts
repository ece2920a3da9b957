import { dirname, resolve } from 'node:path';
import { UserError } from '../errors.js';
import type { Executor } from '../learning/training/executor.js';
import type { Inspect, RunObserver } from '../records/run-event.js';
import { noCode, type Code } from '../script/code.js';
import type { Definition } from '../script/define.js';
import { isScript, loadScript } from '../script/load-module.js';
import { lowered } from '../script/lower.js';
import type { OwnStrategies } from '../strategies/strategies.js';
import { findScenarioFile } from './file.js';
import { isRecord, mergedKeys, type Keyed } from './merged.js';
import { readWritten, type Written } from './read.js';

/** What a TypeScript scenario brings along beside its settings. */
export interface Script {
  readonly strategies: OwnStrategies;
  readonly code: Code;
  readonly observers: readonly RunObserver[];
  readonly executor: Executor | null;
  /** Hears what XState tells of the actors. */
  readonly inspect: Inspect | null;
  /** Its file; null where the scenario is data, or stands in the code that calls. */
  readonly file: string | null;
  /** SHA-256 of the text of its file; null where the scenario is data alone. */
  readonly sha256: string | null;
}

export const noScript: Script = {
  strategies: {},
  code: noCode,
  observers: [],
  executor: null,
  inspect: null,
  file: null,
  sha256: null,
};

export interface WrittenScript extends Written {
  readonly script: Script;
}

/** Loads a scenario in TypeScript, over the one that it extends. UserError where that cannot be done. */
export async function readScript(file: string): Promise<WrittenScript> {
  const { definition, sha256 } = await loadScript(file);
  return takenApart(definition, file, sha256);
}

/** A definition over the scenario that it extends; `file` is where it stands, null: in none. */
export async function takenApart(
  definition: Definition,
  file: string | null = null,
  sha256: string | null = null,
): Promise<WrittenScript> {
  const { settings, strategies, code } = lowered(definition);
  const { observers = [], executor = null, inspect = null, extends: base } = definition;
  const value = base === undefined ? settings : mergedKeys(await readBase(base, file), settings);
  return {
    file,
    value,
    script: { strategies, code, observers, executor, inspect, file: sha256 && file, sha256 },
  };
}

/** The value of the scenario that one extends; a path is relative to the script, as all of its paths are. */
async function readBase(base: string, file: string | null): Promise<Keyed> {
  const path =
    base.includes('/') || /\.(json|ya?ml)$/.test(base)
      ? resolve(file === null ? '.' : dirname(file), base)
      : base;
  const found = await findScenarioFile(path);
  if (isScript(found)) {
    throw new UserError(
      `${file ?? 'scenario'}: extends ${base}, a script, expected JSON or YAML; import its default export and spread it`,
    );
  }
  const { value, file: read } = await readWritten(found);
  if (isRecord(value)) return value;
  throw new UserError(`${read}: is no object, expected a scenario`);
}
