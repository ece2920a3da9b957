import { statSync } from 'node:fs';
import { UserError } from '../../errors.js';
import { queueAddress, type QueueAddress } from '../address.js';
import { openRedis } from '../link.js';
import { folderBlobs } from './folder.js';
import { redisBlobs } from './redis.js';
import { s3Blobs } from './s3.js';
import { checkedBlobs, type BlobStore } from './store.js';

/**
 * The store that `--blobs` names: redis://…, s3://…, or a folder. Absent: the queue's own Redis. UserError where it is neither,
 * or not there.
 */
export async function openBlobs(place: string | undefined, queue: QueueAddress): Promise<BlobStore> {
  if (place === undefined) return checkedBlobs(redisBlobs(await openRedis(ownRedis(queue))));
  if (/^rediss?:/.test(place)) {
    return checkedBlobs(redisBlobs(await openRedis(queueAddress('--blobs', place))));
  }
  if (place.startsWith('s3:')) return checkedBlobs(await s3Blobs(place));
  if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(
      `--blobs: is ${JSON.stringify(place)}, expected a folder that exists and all machines share, redis://… or s3://bucket/prefix`,
    );
  }
  return checkedBlobs(folderBlobs(place));
}

function ownRedis(queue: QueueAddress): QueueAddress {
  if (queue.kind === 'redis') return queue;
  throw new UserError(
    `--queue: ${queue.shown} holds jobs and no tensors, expected --blobs <folder that all machines share>, redis://… or s3://…`,
  );
}
