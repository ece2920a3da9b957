import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError, UserError } from '../../errors.js';
import type { ParamSet } from '../params/param-set.js';
import { saveSafetensors } from '../params/save-safetensors.js';

/** What a folder is to have, by relative path: a text, or a set of tensors as a safetensors file. */
export type FolderFiles = ReadonlyMap<string, string | ParamSet>;

/**
 * Writes files into a folder, which is made where it is not there; others that it has stay.
 *
 * @throws UserError, which begins with `option`, where the system refuses one.
 */
export function writeFolder(option: string, folder: string, files: FolderFiles): void {
  for (const [name, content] of files) {
    const path = join(folder, name);
    try {
      mkdirSync(dirname(path), { recursive: true });
      if (typeof content === 'string') writeFileSync(path, content);
      else saveSafetensors(path, content);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new UserError(`${option}: ${path} cannot be written (${error.message})`);
    }
  }
}
