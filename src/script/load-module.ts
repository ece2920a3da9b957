import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { UserError } from '../errors.js';
import type { Definition } from './define.js';
import { importModule } from './import-module.js';

/** A module that defines a scenario, and the hash of its text. */
export interface ScriptModule {
  readonly definition: Definition;
  readonly sha256: string;
}

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

export function isScript(path: string): boolean {
  return extensions.includes(extname(path));
}

/** Loads the scenario that a user's module exports as its default; UserError where it exports none. */
export async function loadScript(file: string): Promise<ScriptModule> {
  const loaded = await importModule(file, { default: true });
  if (typeof loaded !== 'object' || loaded === null || Array.isArray(loaded)) {
    throw new UserError(
      `${file}: its default export is ${typeof loaded}, expected a scenario; write "export default defineScenario({ … })"`,
    );
  }
  const sha256 = createHash('sha256')
    .update(await readFile(resolve(file)))
    .digest('hex');
  return { definition: loaded, sha256 };
}
