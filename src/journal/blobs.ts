import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.js';
import {
  parametersIn,
  refOf,
  sharedFloats,
  sizeOf,
  type ParamKind,
  type ParamSet,
} from '../learning/params/param-set.js';
import { openSafetensors, writeSafetensors } from '../learning/params/safetensors.js';
import type { SetAddress } from './coded-result.js';

/** Parameter sets in a folder, each in a safetensors file that its hash names, so that none is written twice. */
export class Blobs {
  readonly #folder: string;
  readonly #writer: string;
  #begun = 0;

  /** `writer` tells apart the processes that write into the folder. */
  constructor(folder: string, writer: string) {
    this.#folder = folder;
    this.#writer = writer;
  }

  /** Writes a set such that a reader finds all of it or nothing. Rejects with what the system refuses. */
  async keep(set: ParamSet): Promise<void> {
    const path = this.#path(refOf(set).hash);
    if (existsSync(path)) return;
    // Tasks that end together may give equal sets.
    const fresh = `${path}.${this.#writer}-${this.#begun++}`;
    await mkdir(join(path, '..'), { recursive: true });
    try {
      await writeFile(fresh, writeSafetensors([set]));
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
  }

  /**
   * Null where the file is missing, or is not what its hash says: that is removed, so that the set can be kept again.
   * What is no hash names no file.
   */
  async find({ hash, kind }: SetAddress): Promise<ParamSet | null> {
    if (!/^[0-9a-f]{64}$/.test(hash)) return null;
    const path = this.#path(hash);
    if (!existsSync(path)) return null;
    const set = await readSet(path, kind).catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    });
    if (set !== null && refOf(set).hash === hash) return { ...set, hash };
    await rm(path, { force: true });
    return null;
  }

  #path(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), `${hash}.safetensors`);
  }
}

async function readSet(path: string, kind: ParamKind): Promise<ParamSet> {
  const file = await openSafetensors(path);
  try {
    const entries = [...file.entries.values()];
    const tensors = entries.map(({ name, shape }) => ({ name, shape }));
    const values = sharedFloats(parametersIn(tensors));
    let at = 0;
    for (const [index, { shape }] of tensors.entries()) {
      const end = at + sizeOf(shape);
      await file.read(entries[index]!, values.subarray(at, end));
      at = end;
    }
    return { kind, tensors, values };
  } finally {
    await file.close();
  }
}
