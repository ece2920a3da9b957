import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { s3Blobs } from '../../../src/queue/blobs/s3.js';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** The signature of a request by AWS's signature version 4, as the server computes it: Amazon S3 API reference, "Signature calculations". */
function signatureOf(request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string;
}): string {
  const { method, path, headers, authorization } = request;
  const [, scope = '', signed = ''] =
    /Credential=[^/]+\/([^,]+),\s*SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const url = new URL(path, 'http://localhost');
  const canonical = [
    method,
    url.pathname,
    [...url.searchParams]
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&'),
    ...signed.split(';').map((name) => `${name}:${headers[name]!.trim()}`),
    '',
    signed,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hex(canonical)].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((key, part) => hmac(key, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

const hex = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** A bucket in memory that lets in who signs with the secret. */
class Bucket {
  readonly objects = new Map<string, Buffer>();
  readonly refused: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { etag: '"x"', ...(body && { 'content-length': body.length }) });
        response.end(request.method === 'HEAD' ? undefined : body);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body?: Buffer }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = '', url: path = '' } = request;
    const headers = request.headers as Record<string, string>;
    const authorization = headers['authorization'] ?? '';
    const isSigned = authorization.endsWith(
      `Signature=${signatureOf({ method, path, headers, authorization })}`,
    );
    const stated = headers['x-amz-content-sha256'];
    if (!isSigned || (stated !== 'UNSIGNED-PAYLOAD' && stated !== hex(body))) {
      this.refused.push(`${method} ${path}`);
      return { status: 403 };
    }
    const { pathname } = new URL(path, 'http://localhost');
    if (pathname === '/models' || pathname === '/models/') return { status: 200 };
    if (!pathname.startsWith('/models/')) return { status: 404 };
    const found = this.objects.get(pathname);
    if (method === 'PUT') this.objects.set(pathname, body);
    if (method === 'DELETE') this.objects.delete(pathname);
    if (method === 'PUT' || method === 'DELETE') return { status: 200 };
    return found ? { status: 200, body: found } : { status: 404 };
  }
}

describe('blobs in a store that speaks S3', () => {
  const bucket = new Bucket();
  let environment: NodeJS.ProcessEnv = {};
  before(async () => {
    environment = {
      AWS_ENDPOINT_URL: await bucket.listen(),
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: secret,
    };
  });
  after(() => bucket.close());
  beforeEach(() => bucket.objects.clear());

  // Amazon S3 API reference, "Signature calculations for the authorization header", example GET object.
  it('(the bucket of these tests computes the signature of the reference)', () => {
    const none = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const signature = signatureOf({
      method: 'GET',
      path: '/test.txt',
      headers: {
        ...{ host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9' },
        ...{ 'x-amz-content-sha256': none, 'x-amz-date': '20130524T000000Z' },
      },
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,' +
        'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=',
    });
    assert.equal(signature, 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  const hash = 'a'.repeat(64);

  it('come back as they were kept, below the prefix, and are gone once removed', async () => {
    const blobs = await s3Blobs('s3://models/runs/7/', environment);
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    assert.equal(await blobs.find(hash), null);
    await blobs.keep(hash, () => bytes);
    assert.deepEqual([...bucket.objects.keys()], [`/models/runs/7/${hash}`]);
    assert.deepEqual(Buffer.from((await blobs.find(hash))!), Buffer.from(bytes));
    await blobs.remove(hash);
    assert.equal(await blobs.find(hash), null);
    assert.deepEqual(bucket.refused, []);
  });

  it('are sent once', async () => {
    const blobs = await s3Blobs('s3://models', environment);
    await blobs.keep(hash, () => Uint8Array.of(1));
    await blobs.keep(hash, () => assert.fail('is there'));
  });

  it('are refused, in one line, without keys, without the bucket, and with another secret', async () => {
    const { AWS_SECRET_ACCESS_KEY: _, ...without } = environment;
    await assert.rejects(s3Blobs('s3://models', without), {
      message: /^--blobs: .* needs AWS_SECRET_ACCESS_KEY /,
    });
    await assert.rejects(s3Blobs('s3://', environment), {
      message: /^--blobs: is "s3:\/\/", expected s3:\/\/bucket/,
    });
    for (const [place, env] of [
      ['s3://others', environment],
      ['s3://models', { ...environment, AWS_SECRET_ACCESS_KEY: 'guessed' }],
    ] as const) {
      await assert.rejects(s3Blobs(place, env), {
        name: 'UserError',
        message: /^--blobs: .* is not there.*, expected a bucket at http/,
      });
    }
  });
});
