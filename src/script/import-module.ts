import { join, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { messageOf, UserError } from '../errors.js';
import { packageRoot } from '../paths.js';

/**
 * Imports a user's module, in TypeScript too. `pwff` in it is this very package, wherever the file lies and
 * whatever is installed beside it. UserError where it cannot be loaded.
 *
 * @param options.default Whether its default export is wanted, in place of all that it exports.
 */
export async function importModule(file: string, options: { readonly default: boolean }): Promise<unknown> {
  const path = resolve(file);
  const dist = join(packageRoot(), 'dist');
  const alias = { pwff: join(dist, 'src', 'index.js'), 'pwff/machines': join(dist, 'machines', 'index.js') };
  const jiti = createJiti(path, {
    alias,
    fsCache: false,
    moduleCache: false,
    nativeModules: Object.values(alias),
  });
  try {
    return await jiti.import(path, options.default ? { default: true } : {});
  } catch (error) {
    throw new UserError(
      `${file}: cannot be loaded (${messageOf(error).split('\n').slice(0, 2).join(' ')}), expected a module`,
    );
  }
}
