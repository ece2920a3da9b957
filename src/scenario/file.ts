import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { UserError } from '../errors.js';
import { packageRoot } from '../paths.js';
import { nearest } from '../settings/nearest.js';

/** The scenario file that a path names, or the package's own of this bare name; UserError where there is none. */
export async function findScenarioFile(path: string): Promise<string> {
  const isBareName = extname(path) === '' && basename(path) === path;
  const own = ['.json', '.ts'].map((extension) => join(packageRoot(), 'scenarios', `${path}${extension}`));
  const candidates = isBareName ? [path, ...own] : [path];
  for (const candidate of candidates) {
    if (await isFile(candidate)) return candidate;
  }
  throw new UserError(`${path}: ${await whyUnreadable(path)}, expected a scenario file${await advice(path)}`);
}

/** A file of the folder, or a scenario of the package, with a name like this; else what there is at all. */
async function advice(path: string): Promise<string> {
  const folder = dirname(path);
  const own = (await scenariosIn(join(packageRoot(), 'scenarios'))).map(withoutExtension);
  const files = await scenariosIn(folder);
  const [near] = [
    ...nearest(basename(path), files).map((name) => join(folder, name)),
    ...nearest(withoutExtension(basename(path)), own),
  ];
  if (near !== undefined) return `; did you mean ${near}?`;
  return `; the package brings its own along: ${own.join(', ')}`;
}

async function scenariosIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((name) => /\.(json|ya?ml)$/.test(name) && !name.endsWith('.schema.json')).sort();
}

function withoutExtension(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Null if the file can be read. */
export async function whyUnreadable(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 'does not exist';
  if (!found.isFile()) return 'is not a file';
  if (found.size === 0) return 'is empty';
  return access(path, constants.R_OK).then(
    () => null,
    () => 'may not be read',
  );
}
