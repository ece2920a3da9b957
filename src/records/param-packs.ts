import { basename, join } from 'node:path';
import { UserError } from '../errors.js';
import { isThere, readJson, rejectKey } from '../learning/json-file.js';
import { readParts, setsOf, type PartSpecs } from '../learning/model/checkpoint.js';
import type { ParamSet, TensorSpec } from '../learning/params/param-set.js';
import { openSafetensors, type SafetensorsFile } from '../learning/params/safetensors.js';

/*
 * Many clients share files ("packs"): a tensor is called `<name of its own file>/<its own name>` there, and packs.json says
 * which pack has what would be a file. A folder of thousands of small files is slow to copy, to list and to remove.
 */

/** A file of parameters without its ending, and what it holds. */
export interface NamedSets {
  readonly name: string;
  readonly sets: readonly ParamSet[];
}

/** So many clients have files of their own; more share packs. */
export const mostWithOwnFiles = 100;

/** Of a pack: its header stays below what a reader takes (src/learning/params/safetensors-header.ts). */
const mostTensors = 4096;

export const packsFile = 'packs.json';

/** Pack by what it holds. */
type Packs = Readonly<Record<string, string>>;

const packName = (index: number) => `clients-${index + 1}.safetensors`;

/** Files in their order, as many to a pack as fit; a file is never divided. */
export function packed(files: readonly NamedSets[]): readonly (readonly NamedSets[])[] {
  const packs: NamedSets[][] = [];
  let tensors = Infinity;
  for (const file of files) {
    const own = file.sets.reduce((sum, set) => sum + set.tensors.length, 0);
    if (tensors + own > mostTensors) {
      packs.push([]);
      tensors = 0;
    }
    packs.at(-1)!.push(file);
    tensors += own;
  }
  return packs;
}

/** What packs.json says of them. */
export function packsIndex(packs: readonly (readonly NamedSets[])[]): Packs {
  return Object.fromEntries(packs.flatMap((pack, index) => pack.map(({ name }) => [name, packName(index)])));
}

/** A pack's file name, and its sets with names of their own. */
export function packOf(
  pack: readonly NamedSets[],
  index: number,
): { file: string; sets: readonly ParamSet[] } {
  const renamed = ({ name, sets }: NamedSets) =>
    sets.map((set) => ({
      ...set,
      tensors: set.tensors.map((tensor) => ({ ...tensor, name: `${name}/${tensor.name}` })),
    }));
  return { file: packName(index), sets: pack.flatMap(renamed) };
}

/** The parameters that a run left, each by the name of its file without the ending, in a pack or not. */
export class SavedParams {
  readonly folder: string;
  readonly #packs: Packs;
  /** The pack that was read last: clients are read in their order. */
  #open: SafetensorsFile | null = null;

  private constructor(folder: string, packs: Packs) {
    this.folder = folder;
    this.#packs = packs;
  }

  /** UserError where packs.json is there and says something else. */
  static async open(folder: string): Promise<SavedParams> {
    const index = join(folder, packsFile);
    if (!(await isThere(index))) return new SavedParams(folder, {});
    const packs = await readJson(index);
    for (const [name, pack] of Object.entries(packs)) {
      if (typeof pack !== 'string' || basename(pack) !== pack)
        rejectKey(index, name, pack, 'the name of a file beside it');
    }
    return new SavedParams(folder, packs as Packs);
  }

  /** Where the sets of that name are, for messages. */
  fileOf(name: string): string {
    return join(this.folder, this.#packs[name] ?? `${name}.safetensors`);
  }

  /**
   * Sets by their names, as `readParts` gives them; null where the run left nothing of that name.
   *
   * @throws UserError as `readParts`.
   */
  async read(
    name: string,
    specsOf: (tensors: readonly TensorSpec[]) => Readonly<Record<string, PartSpecs>>,
  ): Promise<Readonly<Record<string, ParamSet>> | null> {
    const file = this.fileOf(name);
    if (this.#packs[name] === undefined) return (await isThere(file)) ? readParts(file, specsOf) : null;
    return setsOf(within(await this.#pack(file), name), specsOf);
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = null;
  }

  async #pack(file: string): Promise<SafetensorsFile> {
    if (this.#open?.file === file) return this.#open;
    await this.close();
    return (this.#open = await openSafetensors(file));
  }
}

/** What a pack has of one name, as if it were a file of its own. UserError where it has nothing. */
function within(pack: SafetensorsFile, name: string): SafetensorsFile {
  const prefix = `${name}/`;
  const own = [...pack.entries.values()].filter((entry) => entry.name.startsWith(prefix));
  if (own.length === 0)
    throw new UserError(
      `${pack.file}: has no tensor of ${name}, expected some, as ${packsFile} beside it says`,
    );
  const entries = own.map((entry) => ({ ...entry, name: entry.name.slice(prefix.length) }));
  return { ...pack, entries: new Map(entries.map((entry) => [entry.name, entry])) };
}
