import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { redisServer, type Server } from '../../soak/queue-servers.js';
import { queueAddress } from '../../src/queue/address.js';
import { openBlobs } from '../../src/queue/blobs/index.js';
import type { BlobStore } from '../../src/queue/blobs/store.js';

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const blob = Buffer.from('some parameters');
const hash = hashOf(blob);

/** What every store promises; `spoil` writes other bytes in a blob's place. */
function keepsItsPromises(store: () => BlobStore, spoil: (hash: string) => Promise<void>): void {
  it('finds what it was given, and nothing else', async () => {
    assert.equal(await store().find(hash), null);
    await store().keep(hash, () => blob);
    assert.deepEqual(Buffer.from((await store().find(hash))!), blob);
    await store().remove(hash);
    assert.equal(await store().find(hash), null);
  });

  it('does not ask for the bytes of what it has', async () => {
    await store().keep(hash, () => blob);
    await store().keep(hash, () => assert.fail('asked'));
  });

  it('takes a blob that was altered for missing, and keeps it anew', async () => {
    await store().keep(hash, () => blob);
    await spoil(hash);
    assert.equal(await store().find(hash), null);
    await store().keep(hash, () => blob);
    assert.deepEqual(Buffer.from((await store().find(hash))!), blob);
  });

  it('holds nothing under a name that is no hash', async () => {
    for (const name of ['../../etc/passwd', '', hash.toUpperCase(), `${hash}:0`]) {
      assert.equal(await store().find(name), null);
    }
  });
}

describe('blobs in a folder', () => {
  let folder = '';
  let store: BlobStore;
  const queue = queueAddress('--queue', 'postgres://u@127.0.0.1:1/none', {});
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pwff-blobs-'));
    store = await openBlobs(folder, queue);
  });
  after(() => rmSync(folder, { recursive: true }));

  keepsItsPromises(
    () => store,
    (hash) => Promise.resolve(writeFileSync(join(folder, hash.slice(0, 2), hash), 'others')),
  );

  it('leave no file behind where their bytes cannot be made', async () => {
    const other = hashOf(Buffer.from('other'));
    await assert.rejects(store.keep(other, () => assert.fail('no bytes')));
    assert.deepEqual(readdirSync(join(folder, other.slice(0, 2))), []);
  });

  it('are refused where the folder is not there: a share that is not mounted', async () => {
    const missing = join(folder, 'missing');
    await assert.rejects(openBlobs(missing, queue), /--blobs: is ".*missing", expected a folder that exists/);
    assert.ok(!existsSync(missing));
  });

  it('have to be named beside PostgreSQL', async () => {
    await assert.rejects(openBlobs(undefined, queue), /holds jobs and no tensors, expected --blobs/);
  });
});

describe('blobs in Redis', function () {
  this.timeout(60_000);
  let server: Server | null = null;
  let redis: Redis;
  let store: BlobStore;
  before(async function () {
    const begun = await redisServer();
    if ('why' in begun) {
      console.log(`      skipped: ${begun.why}`);
      return this.skip();
    }
    server = begun.server;
    await server.start();
    redis = new (await import('ioredis')).Redis(server.url);
    store = await openBlobs(undefined, queueAddress('--queue', server.url, {}));
  });
  after(async () => {
    if (server === null) return;
    await store.close();
    await redis.quit();
    await server.remove();
  });

  keepsItsPromises(
    () => store,
    async (hash) => void (await redis.set(`pwff:blob:${hash}:0`, 'others')),
  );

  it('come in chunks, and count as missing where one of them is', async () => {
    const large = Buffer.alloc(9 * 2 ** 20, 'pwff');
    const hash = hashOf(large);
    await store.keep(hash, () => large);
    assert.equal(await redis.get(`pwff:blob:${hash}`), '3');
    assert.ok(large.equals((await store.find(hash))!));
    await redis.del(`pwff:blob:${hash}:1`);
    assert.equal(await store.find(hash), null);
    await store.keep(hash, () => large);
    assert.ok(large.equals((await store.find(hash))!));
  });

  it('expire, later where somebody keeps them again', async () => {
    await store.keep(hash, () => blob);
    const names = [`pwff:blob:${hash}`, `pwff:blob:${hash}:0`];
    for (const name of names) {
      assert.ok((await redis.ttl(name)) > 0);
      await redis.expire(name, 5);
    }
    await store.keep(hash, () => blob);
    for (const name of names) assert.ok((await redis.ttl(name)) > 3600);
  });
});
