import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.js';
import type { Definition } from '../script/define.js';
import { loadScenario, type LoadedScenario } from '../scenario/load.js';
import { importModule } from '../script/import-module.js';
import type { Study } from './study.js';

/** Where the scenario of a study stands, as plain data: every process that runs a part of the study loads it anew. */
export type Base =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'value'; readonly definition: Definition; readonly standsIn: string | null }
  /** In a study in TypeScript, with the code that stands there. */
  | { readonly kind: 'module'; readonly file: string };

export interface BaseChanges {
  /** Each as `path=value`, later ones over earlier ones. */
  readonly set: readonly string[];
  /** What messages call them. */
  readonly option: string;
  readonly seed?: number;
}

/**
 * Where a study's scenario stands. `file` is that of the study, null: it is given in code. UserError where it
 * holds functions that other processes cannot be given.
 */
export function baseOf({ scenario }: Study, file: string | null, isModule: boolean): Base {
  if (typeof scenario === 'string') {
    const isPath = scenario.includes('/') || /\.[cm]?[jt]s$|\.(json|ya?ml)$/.test(scenario);
    const folder = file === null ? '.' : dirname(file);
    return { kind: 'file', path: isPath ? resolve(folder, scenario) : scenario };
  }
  if (isModule && file !== null) return { kind: 'module', file: resolve(file) };
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(scenario)), scenario)) {
    throw new UserError(
      'study: /scenario: holds code, expected settings alone, for the runs are done in other processes; ' +
        'put the scenario, or the study, into a file and give its path',
    );
  }
  return { kind: 'value', definition: scenario, standsIn: file === null ? null : resolve(file) };
}

/** Loads the scenario with changes. UserError, in the words of `loadScenario`, where it is not as it should be. */
export async function loadBase(base: Base, changes: BaseChanges): Promise<LoadedScenario> {
  switch (base.kind) {
    case 'file':
      return loadScenario(base.path, changes);
    case 'value':
      return loadScenario(base.definition, { ...changes, ...standsIn(base.standsIn) });
    case 'module': {
      const study = (await importModule(base.file, { default: true })) as Study;
      return loadScenario(study.scenario, { ...changes, standsIn: base.file });
    }
  }
}

const standsIn = (file: string | null) => (file === null ? {} : { standsIn: file });
