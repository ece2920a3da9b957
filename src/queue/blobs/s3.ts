import type * as S3 from 's3mini';
import type { S3mini } from 's3mini';
import { messageOf, oneLine, UserError } from '../../errors.js';
import type { BlobStore } from './store.js';

/** Where AWS's own tools have it as well. */
const variables = {
  endpoint: 'AWS_ENDPOINT_URL',
  region: 'AWS_REGION',
  id: 'AWS_ACCESS_KEY_ID',
  secret: 'AWS_SECRET_ACCESS_KEY',
} as const;

/**
 * Blobs in a bucket of a store that speaks S3, `s3://bucket` or `s3://bucket/prefix`: an object each, `<prefix>/<hash>`, that is
 * there whole or not at all. They stay until somebody removes them, or a rule of the bucket does. UserError, in one line, where
 * address or environment are not as expected, or the bucket is not there.
 */
export async function s3Blobs(place: string, env = process.env): Promise<BlobStore> {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  if (bucket === undefined)
    throw new UserError(`--blobs: is ${JSON.stringify(place)}, expected s3://bucket/prefix`);
  const bucketAt = await clientOf(bucket, env);
  const there = await bucketAt.bucketExists().catch((error: unknown) => oneLine(messageOf(error)));
  if (there !== true) {
    const why = there === false ? '' : ` (${there})`;
    throw new UserError(
      `--blobs: ${place} is not there${why}, expected a bucket at ${bucketAt.endpoint.origin}`,
    );
  }
  const keyOf = (hash: string) => [prefix.replace(/\/+$/, ''), hash].filter((part) => part !== '').join('/');
  return {
    keep: async (hash, bytes) => {
      if ((await bucketAt.objectExists(keyOf(hash))) === true) return;
      await bucketAt.putObject(keyOf(hash), Buffer.from(bytes()));
    },
    find: async (hash) => {
      const bytes = await bucketAt.getObjectArrayBuffer(keyOf(hash));
      return bytes === null ? null : new Uint8Array(bytes);
    },
    remove: async (hash) => {
      await bucketAt.deleteObject(keyOf(hash));
    },
    close: () => Promise.resolve(),
  };
}

async function clientOf(bucket: string, env: NodeJS.ProcessEnv): Promise<S3mini> {
  const accessKeyId = env[variables.id];
  const secretAccessKey = env[variables.secret];
  if (!accessKeyId || !secretAccessKey) {
    const missing = accessKeyId ? variables.secret : variables.id;
    throw new UserError(`--blobs: s3://${bucket} needs ${missing} in the environment, which is not there`);
  }
  const region = env[variables.region] ?? 'us-east-1';
  const endpoint = env[variables.endpoint] ?? `https://s3.${region}.amazonaws.com`;
  const { S3mini: Client } = await load();
  return new Client({
    accessKeyId,
    secretAccessKey,
    region,
    endpoint: `${endpoint.replace(/\/+$/, '')}/${bucket}`,
  });
}

async function load(): Promise<typeof S3> {
  try {
    return await import('s3mini');
  } catch (error) {
    throw new UserError(
      `--blobs: s3:// needs the package s3mini (${oneLine(messageOf(error))}), expected "npm install s3mini"`,
    );
  }
}
