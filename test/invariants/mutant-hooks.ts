import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';

/*
 * Loads the program anew for each mutant: what is imported as "x.js?mutant=3" imports in turn the module that mutant 3
 * changes, and all that build on it, as modules of their own; all others stand as they are.
 */

export interface Mutated {
  readonly url: string;
  /** Its changed text. */
  readonly source: string;
  /** URLs of the modules that import it, or import such a module; its own too. */
  readonly importers: ReadonlySet<string>;
}

let mutants: readonly Mutated[] = [];
const query = /\?mutant=(\d+)$/;

export const initialize: InitializeHook<readonly Mutated[]> = (data) => void (mutants = data);

export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context);
  const [asked, number] = query.exec(context.parentURL ?? '') ?? [];
  const isChanged = mutants[Number(number)]?.importers.has(resolved.url);
  return isChanged ? { ...resolved, url: `${resolved.url}${asked}` } : resolved;
};

export const load: LoadHook = (url, context, next) => {
  const [asked, number] = query.exec(url) ?? [];
  const mutant = mutants[Number(number)];
  if (!mutant || url !== `${mutant.url}${asked}`) return next(url, context);
  return { format: 'module', source: mutant.source, shortCircuit: true };
};
