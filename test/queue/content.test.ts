import assert from 'node:assert/strict';
import { tableOf } from '../../src/learning/data/tokenize.js';
import { paramSet, refOf } from '../../src/learning/params/param-set.js';
import { taskRequest } from '../../src/learning/training/request.js';
import type { TaskRequest } from '../../src/learning/training/task.js';
import { codedRequest, contentsFrom, decodedRequest, MissingBlob } from '../../src/queue/coded-request.js';
import {
  bytesOfContent,
  hashOfContent,
  isContent,
  setOfBytes,
  tableOfBytes,
} from '../../src/queue/content.js';
import { instructRequest } from './requests.js';

const set = paramSet('lora', [
  { name: 'a "quoted" ][ name\\', shape: [2, 1], values: [1, Number.NaN] },
  { name: 'b', shape: [0], values: [] },
  { name: 'c', shape: [], values: [-0] },
]);
const table = tableOf([
  { tokens: [5, 6, 7], response: 1, content: [1, 2], truncated: false },
  { tokens: [], response: 0, content: [0, 0], truncated: false },
]);

describe('sets and tables as bytes', () => {
  it('are what their hashes are of', () => {
    for (const content of [set, table]) {
      assert.ok(isContent(bytesOfContent(content), hashOfContent(content)));
    }
    assert.equal(hashOfContent(set), refOf(set).hash);
  });

  it('come back bit for bit, whatever the names of the tensors', () => {
    const again = setOfBytes(bytesOfContent(set), refOf(set).hash);
    assert.deepStrictEqual(again, { ...set, hash: refOf(set).hash });
    assert.deepStrictEqual(tableOfBytes(bytesOfContent(table)), table);
  });

  it('are no content of their hash with one bit changed', () => {
    for (const content of [set, table]) {
      const bytes = bytesOfContent(content);
      bytes[bytes.length - 1]! ^= 1;
      assert.ok(!isContent(bytes, hashOfContent(content)));
    }
  });

  it('are refused without a head', () => {
    assert.throws(() => setOfBytes(Buffer.from('["lora"'), ''), /has no head/);
  });
});

describe('a request in a job', () => {
  /** What comes of a request's JSON, with the contents that it names. */
  function travelled(request: TaskRequest, change = (json: string) => json) {
    const { request: json, contents } = codedRequest(request);
    const blobs = new Map(contents.map((each) => [hashOfContent(each), bytesOfContent(each)]));
    const found = contentsFrom((hash) => Promise.resolve(blobs.get(hash) ?? null));
    return { blobs, again: () => decodedRequest(JSON.parse(change(JSON.stringify(json))) as never, found) };
  }

  it('comes back bit for bit, with its key', async () => {
    const request = instructRequest('seed');
    const { again } = travelled(request);
    assert.deepStrictEqual(await again(), request);
  });

  it('holds no numbers of its sets and tables', () => {
    const { request, contents } = codedRequest(instructRequest('seed'));
    assert.ok(!/float32|int32/.test(JSON.stringify(request)));
    assert.equal(contents.length, 4);
  });

  it('is refused where a blob is missing', async () => {
    const { blobs, again } = travelled(instructRequest('seed'));
    blobs.clear();
    await assert.rejects(again, MissingBlob);
  });

  it('is refused where it is not what its key says', async () => {
    const { again } = travelled(instructRequest('seed'), (json) => json.replace('"seed"', '"need"'));
    await assert.rejects(again, /came as one of key/);
    assert.notEqual(taskRequest(instructRequest('need')).key, instructRequest('seed').key);
  });
});
