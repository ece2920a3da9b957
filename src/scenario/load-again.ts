import { join } from 'node:path';
import { UserError } from '../errors.js';
import { recordFiles } from '../records/folder.js';
import { readManifest } from '../records/read.js';
import type { Manifest } from '../records/manifest.js';
import { loadWritten, type LoadedScenario } from './load.js';
import { noScript, readScript, type Script } from './script.js';

/** The scenario of a run, from its manifest: that of its file may have changed since. */
export interface LoadedAgain extends LoadedScenario {
  readonly manifest: Manifest;
}

/**
 * Loads the scenario of the run in a folder again. UserError where the folder has no run, or one that its manifest
 * cannot make again: of an early version, with strategies of a program's own, of a script that has changed.
 */
export async function loadAgain(runFolder: string): Promise<LoadedAgain> {
  const file = join(runFolder, recordFiles.manifest);
  const manifest = await readManifest(file);
  const { folder, scenario, strategies = {} } = manifest;
  if (folder === undefined) {
    throw new UserError(`${file}: has no folder, expected one of this version; run its scenario anew`);
  }
  const script = await scriptAgain(file, manifest);
  const own = Object.values(strategies).filter((used) => used.own && manifest.script === undefined);
  if (own.length > 0) {
    throw new UserError(
      `${file}: names ${own[0]!.name}, a strategy of the program that ran it, expected those of pwff or of a ` +
        'script; let that program run it',
    );
  }
  const loaded = await loadWritten({ file: join(folder, 'scenario'), value: scenario, script });
  return { ...loaded, manifest };
}

async function scriptAgain(manifestFile: string, { script: file, scriptHash }: Manifest): Promise<Script> {
  if (file === undefined) return noScript;
  const { script } = await readScript(file);
  if (script.sha256 === scriptHash) return script;
  throw new UserError(
    `${manifestFile}: /scriptHash: is of another text than ${file} has now, expected the script as it was; run it anew`,
  );
}
