import { isContent } from '../content.js';

/**
 * Bytes by their SHA-256, where the run and all workers reach them. A seam: one kind of place a file, and a line in
 * `index.ts`. Each function rejects with what the place refuses.
 */
export interface BlobStore {
  /** Keeps what `bytes` gives, such that a reader finds all of it or nothing. What is there already lives on as if new. */
  keep(hash: string, bytes: () => Uint8Array): Promise<void>;
  /** Null where it is not there, or no longer. */
  find(hash: string): Promise<Uint8Array | null>;
  remove(hash: string): Promise<void>;
  close(): Promise<void>;
}

/** A store whose blobs are what their hashes say: one that is not counts as missing, and is removed. */
export function checkedBlobs(store: BlobStore): BlobStore {
  return {
    keep: (hash, bytes) => store.keep(hash, bytes),
    find: async (hash) => {
      if (!/^[0-9a-f]{64}$/.test(hash)) return null;
      const bytes = await store.find(hash);
      if (bytes === null || isContent(bytes, hash)) return bytes;
      await store.remove(hash);
      return null;
    },
    remove: (hash) => store.remove(hash),
    close: () => store.close(),
  };
}
