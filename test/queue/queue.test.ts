import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import { taskRequest } from '../../src/learning/training/request.js';
import { TryFailed } from '../../src/learning/training/task-failure.js';
import { atServers, stubWith, type Tasks } from './at-servers.js';

atServers('a queue', (place) => {
  it('gives what the executor of a worker gives, bit for bit, with its fingerprint', async () => {
    await place.worker();
    const executor = await place.client();
    const requests = [place.fresh(), place.fresh(), place.fresh()];
    const results = await Promise.all(requests.map((request) => executor.run(request)));
    const direct = await Promise.all(requests.map((request) => stubExecutor().run(request)));
    results.forEach(({ output, metrics }, n) => {
      assert.deepEqual(output.tuned.adapters!.values, direct[n]!.output.tuned.adapters!.values);
      assert.deepEqual(metrics, direct[n]!.metrics);
    });
    assert.deepEqual(await executor.fingerprint(), await stubExecutor().fingerprint());
  });

  it('says when a task has begun, and not before a worker has it', async () => {
    const executor = await place.client();
    const request = place.fresh();
    let begun = 0;
    const attempt = { signal: new AbortController().signal, begun: () => void begun++ };
    const result = executor.run(request, attempt);
    await sleep(300);
    assert.equal(begun, 0);
    assert.match(place.said.join(), /Waits for a worker: pwff worker --queue/);
    await place.worker();
    await result;
    assert.ok(begun > 0);
  });

  it('computes a task once that two runs ask for', async () => {
    let computed = 0;
    const run: Tasks = async (request) => {
      computed++;
      return stubExecutor().run(request);
    };
    await place.worker(stubWith({ run }));
    const request = place.fresh();
    await Promise.all([(await place.client()).run(request), (await place.client()).run(request)]);
    assert.equal(computed, 1);
  });

  it('tells how a task failed and where, and has it as a dead letter until it comes out', async () => {
    let isWell = false;
    const run: Tasks = (request) =>
      isWell ? stubExecutor().run(request) : Promise.reject(new TryFailed('memory', 'no room'));
    const { name } = await place.worker(stubWith({ run }));
    const executor = await place.client();
    const request = place.fresh();
    await assert.rejects(executor.run(request), (error) => {
      assert.ok(error instanceof TryFailed);
      assert.equal(error.how, 'memory');
      return error.message === `no room (worker ${name})`;
    });
    const { dead } = await place.standing();
    assert.deepEqual(
      dead.map(({ key, how, worker }) => ({ key, how, worker })),
      [{ key: request.key, how: 'memory', worker: name }],
    );
    isWell = true;
    await executor.run(request);
    assert.deepEqual((await place.standing()).dead, []);
  });

  it('takes back what waits, and stops what is computed, when its run ends', async () => {
    let stopped = 0;
    const never: Tasks = (_, attempt) =>
      new Promise((_, reject) =>
        attempt!.signal.addEventListener('abort', () => {
          stopped++;
          reject(new Error('stopped'));
        }),
      );
    await place.worker(stubWith({ run: never }));
    const executor = await place.client();
    for (const request of [place.fresh(), place.fresh()]) void executor.run(request).catch(() => {});
    while ((await place.standing()).active.length === 0 || (await place.standing()).waiting === 0)
      await sleep(50);
    place.open.splice(place.open.indexOf(executor), 1);
    await executor.close();
    assert.equal((await place.standing()).waiting, 0);
    while (stopped === 0) await sleep(50);
    while ((await place.standing()).active.length > 0) await sleep(50);
    assert.deepEqual((await place.standing()).dead, []);
  });

  it('refuses a fleet of unequal backends', async () => {
    await place.worker();
    await place.worker(stubWith({ backend: 'wasm' }));
    await assert.rejects(
      (await place.client()).fingerprint(),
      /has workers of unequal code or backend \(1 of .*, 1 of /,
    );
  });

  it('takes all of them where the scenario does, as a backend of its own, and both compute', async () => {
    const computing = new Set<string>();
    const spied = (name: string, backend?: 'wasm') =>
      stubWith({
        ...(backend && { backend }),
        run: async (request) => {
          computing.add(name);
          await sleep(20);
          return stubExecutor().run(request);
        },
      });
    await place.worker(spied('a'));
    await place.worker(spied('b', 'wasm'));
    const executor = await place.client({ fleet: 'mixed' });
    const { name, why, ...rest } = await executor.fingerprint();
    assert.equal(name, 'mixed');
    assert.match(why, /^workers as it began: 1 of .*, 1 of /);
    await Promise.all(Array.from({ length: 12 }, () => executor.run(place.fresh())));
    assert.deepEqual([...computing].sort(), ['a', 'b']);
    await place.open.splice(-2, 1)[0]!.close();
    const later = await (await place.client({ fleet: 'mixed' })).fingerprint();
    assert.deepEqual({ ...later, why: '' }, { name, why: '', ...rest });
    await assert.rejects(
      place.client({ fleet: 'mixed', verify: 0.5 }),
      /^UserError: --verify: .* expected \/limits\/fleet "equal"/,
    );
  });

  it('finds a worker that computes wrongly, where all tasks are checked', async () => {
    const request = place.fresh();
    const wrong = await stubExecutor().run(place.fresh());
    const names = [
      (await place.worker()).name,
      (await place.worker(stubWith({ run: () => Promise.resolve(wrong) }))).name,
    ];
    const executor = await place.client({ verify: 1 });
    await assert.rejects(executor.run(request), (error: Error) =>
      names.every((each) => error.message.includes(each)),
    );
  });

  it('lets pass what two workers make alike, and asks for two', async () => {
    await place.worker();
    await assert.rejects(
      (await place.client({ verify: 1 })).run(place.fresh()),
      /--verify: .* has one worker, expected two/,
    );
    const computing = new Set<string>();
    const spied = (name: string) =>
      stubWith({
        run: (request) => {
          computing.add(name);
          return stubExecutor().run(request);
        },
      });
    await place.open.pop()!.close();
    await place.open.pop()!.close();
    await place.worker(spied('a'));
    await place.worker(spied('b'));
    await (await place.client({ verify: 1 })).run(place.fresh());
    assert.deepEqual([...computing].sort(), ['a', 'b']);
  });

  it('says it where workers have another store than the run', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'pwff-queue-elsewhere-'));
    try {
      await place.worker();
      const executor = await place.client({ blobs: elsewhere });
      await assert.rejects(executor.run(place.fresh()), /--blobs: worker .* puts what it makes elsewhere/);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('opens no folder that a job names', async () => {
    await place.worker();
    const tokenizer = { folder: '/etc', hash: 'a'.repeat(64) };
    const reward = { kind: 'distilbert', languageTokenizer: tokenizer, rewardTokenizer: tokenizer };
    const { key: _, ...request } = place.fresh();
    const named = taskRequest<'instruct'>({ ...request, model: { reward } as never });
    await assert.rejects((await place.client()).run(named), /has no tokenizer of hash aaaa.*--models/);
  });

  it('refuses a job that is none, and goes on', async () => {
    await place.worker();
    const executor = await place.client();
    const request = { ...place.fresh(), key: '0'.repeat(64) };
    await assert.rejects(executor.run(request), /a task of key 0000000000000000 came as one of key/);
    await executor.run(place.fresh());
  });

  it('lets a run go that ends while the server is away', async () => {
    await place.worker();
    const executor = await place.client();
    await executor.run(place.fresh());
    await place.open.shift()!.close();
    place.open.length = 0;
    await place.server.kill();
    const asked = executor.run(place.fresh()).catch(() => 'given up');
    await sleep(200);
    await executor.close();
    assert.equal(await Promise.race([asked, sleep(5000, 'still asked')]), 'given up');
    await place.server.start();
  });

  it('ends in peace where the server dies in that moment', async () => {
    await place.worker();
    const executor = await place.client();
    await executor.run(place.fresh());
    const killed = place.server.kill();
    // What the server has said last is read when the connections are being closed.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    await Promise.all([killed, ...place.open.splice(0).map((each) => each.close())]);
    await sleep(200);
    await place.server.start();
  });
});
