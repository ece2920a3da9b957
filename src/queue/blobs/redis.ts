import type { Redis } from 'ioredis';
import { leave } from '../patiently.js';
import type { BlobStore } from './store.js';

/** Bytes of a chunk: Redis serves nobody else while it takes one. */
const chunkBytes = 4 * 2 ** 20;

/** Seconds after which a blob that nobody has kept again is gone. */
const livesSeconds = 6 * 3600;

/**
 * Blobs in Redis, in chunks: `pwff:blob:<hash>:<n>` each, and `pwff:blob:<hash>`, written last, with their number. All
 * of them expire.
 */
export function redisBlobs(redis: Redis): BlobStore {
  const nameOf = (hash: string) => `pwff:blob:${hash}`;
  const chunksOf = async (hash: string) => {
    const count = await redis.get(nameOf(hash));
    return count === null ? null : Array.from({ length: Number(count) }, (_, n) => `${nameOf(hash)}:${n}`);
  };

  /** Whether each chunk is there, and will be. */
  async function livesOn(hash: string): Promise<boolean> {
    const names = await chunksOf(hash);
    if (names === null) return false;
    const alive = await Promise.all([...names, nameOf(hash)].map((name) => redis.expire(name, livesSeconds)));
    return alive.every((each) => each === 1);
  }

  return {
    keep: async (hash, bytes) => {
      if (await livesOn(hash)) return;
      const all = bytes();
      const count = Math.ceil(all.length / chunkBytes);
      for (let n = 0; n < count; n++) {
        const chunk = Buffer.from(all.subarray(n * chunkBytes, (n + 1) * chunkBytes));
        await redis.set(`${nameOf(hash)}:${n}`, chunk, 'EX', livesSeconds);
      }
      await redis.set(nameOf(hash), count, 'EX', livesSeconds);
    },
    find: async (hash) => {
      const names = await chunksOf(hash);
      if (names === null) return null;
      const chunks: Buffer[] = [];
      for (const name of names) {
        const chunk = await redis.getBuffer(name);
        if (chunk === null) return null;
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    remove: async (hash) => {
      await redis.del(nameOf(hash), ...((await chunksOf(hash)) ?? []));
    },
    close: () => leave({ close: () => redis.quit(), disconnect: () => redis.disconnect() }),
  };
}
