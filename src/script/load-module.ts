import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { messageOf, UserError } from '../errors.js';
import { packageRoot } from '../paths.js';
import type { Definition } from './define.js';

/** A module that defines a scenario, and the hash of its text. */
export interface ScriptModule {
  readonly definition: Definition;
  readonly sha256: string;
}

const extensions = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

export function isScript(path: string): boolean {
  return extensions.includes(extname(path));
}

/**
 * Loads a user's module. `pwff` in it is this very package, wherever the file lies and whatever is installed beside
 * it. UserError where it cannot be loaded, or does not export a definition as its default.
 */
export async function loadScript(file: string): Promise<ScriptModule> {
  const path = resolve(file);
  const self = join(packageRoot(), 'dist', 'src', 'index.js');
  const jiti = createJiti(path, {
    alias: { pwff: self },
    fsCache: false,
    moduleCache: false,
    nativeModules: [self],
  });
  let loaded: unknown;
  try {
    loaded = await jiti.import(path, { default: true });
  } catch (error) {
    throw new UserError(
      `${file}: cannot be loaded (${messageOf(error).split('\n').slice(0, 2).join(' ')}), expected a module`,
    );
  }
  if (typeof loaded !== 'object' || loaded === null || Array.isArray(loaded)) {
    throw new UserError(
      `${file}: its default export is ${typeof loaded}, expected a scenario; write "export default defineScenario({ … })"`,
    );
  }
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { definition: loaded, sha256 };
}
