import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { isSystemError } from '../../errors.js';
import type { BlobStore } from './store.js';

/** Blobs in a folder that all machines share, each a file that its hash names. They stay until somebody removes them. */
export function folderBlobs(folder: string): BlobStore {
  const pathOf = (hash: string) => join(folder, hash.slice(0, 2), hash);
  let begun = 0;
  return {
    keep: async (hash, bytes) => {
      const path = pathOf(hash);
      if (existsSync(path)) return;
      await mkdir(dirname(path), { recursive: true });
      const fresh = `${path}.${hostname()}-${process.pid}-${begun++}`;
      try {
        await writeFile(fresh, bytes());
        await rename(fresh, path);
      } catch (error) {
        await rm(fresh, { force: true });
        throw error;
      }
    },
    find: (hash) =>
      readFile(pathOf(hash)).catch((error: unknown) => {
        if (isSystemError(error) && error.code === 'ENOENT') return null;
        throw error;
      }),
    remove: (hash) => rm(pathOf(hash), { force: true }),
    close: () => Promise.resolve(),
  };
}
