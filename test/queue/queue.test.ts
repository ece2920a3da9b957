import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresServer, redisServer, type Begun, type Server } from '../../soak/queue-servers.js';
import type { Attempt, Executor } from '../../src/learning/training/executor.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import { taskRequest } from '../../src/learning/training/request.js';
import type { TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { TryFailed } from '../../src/learning/training/task-failure.js';
import { queueAddress } from '../../src/queue/address.js';
import { queueExecutor, type QueueExecutorSettings } from '../../src/queue/executor.js';
import { standingAt } from '../../src/queue/standing.js';
import { startWorker, type QueueWorker } from '../../src/queue/worker.js';
import { instructRequest } from './requests.js';

/*
 * Workers of this process, which compute with the stub executor: what is tested is the way there and back.
 */

const servers: Readonly<Record<string, () => Promise<Begun>>> = {
  Redis: () => redisServer(),
  PostgreSQL: () => postgresServer(),
};

type Tasks = (request: TaskRequest, attempt?: Attempt) => Promise<TaskResult>;

/** The stub executor with other tasks, or on another backend. */
function stubWith({ run, backend }: { run?: Tasks; backend?: 'wasm' } = {}): Executor {
  const stub = stubExecutor();
  return {
    ...stub,
    ...(run && { run: run as Executor['run'] }),
    fingerprint: async () => ({ ...(await stub.fingerprint()), ...(backend && { name: backend }) }),
  };
}

for (const [name, begin] of Object.entries(servers)) {
  describe(`a queue on ${name}`, function () {
    this.timeout(60_000);
    let server: Server | null = null;
    let blobs = '';
    const open: { close(): Promise<void> }[] = [];
    const said: string[] = [];
    before(async function () {
      const begun = await begin();
      if ('why' in begun) {
        console.log(`      skipped: ${begun.why}`);
        return this.skip();
      }
      server = begun.server;
      blobs = mkdtempSync(join(tmpdir(), 'pwff-queue-blobs-'));
      await server.start();
    });
    afterEach(async () => {
      for (const each of open.splice(0).reverse()) await each.close();
      said.length = 0;
    });
    after(async () => {
      if (server === null) return;
      await server.remove();
      rmSync(blobs, { recursive: true });
    });

    const say = (note: string) => void said.push(note);
    const place = () => ({ queue: server!.url, blobs, say });

    async function worker(executor = stubWith()): Promise<QueueWorker> {
      const settings = { ...place(), concurrency: 1, backend: 'wasm', silenceSeconds: 1 } as const;
      const begun = await startWorker(settings, executor);
      open.push(begun);
      return begun;
    }

    async function client(more: Partial<QueueExecutorSettings> = {}): Promise<Executor> {
      const executor = await queueExecutor({ ...place(), fleet: 'equal', verify: 0, ...more });
      open.push(executor);
      return executor;
    }

    /** A request that no other test has asked for. */
    let asked = 0;
    const fresh = () => instructRequest(`${name} ${++asked}`);
    const standing = async () => standingAt(queueAddress('--queue', server!.url), []);

    it('gives what the executor of a worker gives, bit for bit, with its fingerprint', async () => {
      await worker();
      const executor = await client();
      const requests = [fresh(), fresh(), fresh()];
      const results = await Promise.all(requests.map((request) => executor.run(request)));
      const direct = await Promise.all(requests.map((request) => stubExecutor().run(request)));
      results.forEach(({ output, metrics }, n) => {
        assert.deepEqual(output.tuned.adapters!.values, direct[n]!.output.tuned.adapters!.values);
        assert.deepEqual(metrics, direct[n]!.metrics);
      });
      assert.deepEqual(await executor.fingerprint(), await stubExecutor().fingerprint());
    });

    it('says when a task has begun, and not before a worker has it', async () => {
      const executor = await client();
      const request = fresh();
      let begun = 0;
      const attempt = { signal: new AbortController().signal, begun: () => void begun++ };
      const result = executor.run(request, attempt);
      await sleep(300);
      assert.equal(begun, 0);
      assert.match(said.join(), /Waits for a worker: pwff worker --queue/);
      await worker();
      await result;
      assert.ok(begun > 0);
    });

    it('computes a task once that two runs ask for', async () => {
      let computed = 0;
      const run: Tasks = async (request) => {
        computed++;
        return stubExecutor().run(request);
      };
      await worker(stubWith({ run }));
      const request = fresh();
      await Promise.all([(await client()).run(request), (await client()).run(request)]);
      assert.equal(computed, 1);
    });

    it('tells how a task failed and where, and has it as a dead letter until it comes out', async () => {
      let isWell = false;
      const run: Tasks = (request) =>
        isWell ? stubExecutor().run(request) : Promise.reject(new TryFailed('memory', 'no room'));
      const { name } = await worker(stubWith({ run }));
      const executor = await client();
      const request = fresh();
      await assert.rejects(executor.run(request), (error) => {
        assert.ok(error instanceof TryFailed);
        assert.equal(error.how, 'memory');
        return error.message === `no room (worker ${name})`;
      });
      const { dead } = await standing();
      assert.deepEqual(
        dead.map(({ key, how, worker }) => ({ key, how, worker })),
        [{ key: request.key, how: 'memory', worker: name }],
      );
      isWell = true;
      await executor.run(request);
      assert.deepEqual((await standing()).dead, []);
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
      await worker(stubWith({ run: never }));
      const executor = await client();
      for (const request of [fresh(), fresh()]) void executor.run(request).catch(() => {});
      while ((await standing()).active.length === 0 || (await standing()).waiting === 0) await sleep(50);
      open.splice(open.indexOf(executor), 1);
      await executor.close();
      assert.equal((await standing()).waiting, 0);
      while (stopped === 0) await sleep(50);
      while ((await standing()).active.length > 0) await sleep(50);
      assert.deepEqual((await standing()).dead, []);
    });

    it('refuses a fleet of unequal backends', async () => {
      await worker();
      await worker(stubWith({ backend: 'wasm' }));
      await assert.rejects(
        (await client()).fingerprint(),
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
      await worker(spied('a'));
      await worker(spied('b', 'wasm'));
      const executor = await client({ fleet: 'mixed' });
      const { name, why, ...rest } = await executor.fingerprint();
      assert.equal(name, 'mixed');
      assert.match(why, /^workers as it began: 1 of .*, 1 of /);
      await Promise.all(Array.from({ length: 12 }, () => executor.run(fresh())));
      assert.deepEqual([...computing].sort(), ['a', 'b']);
      await open.splice(-2, 1)[0]!.close();
      const later = await (await client({ fleet: 'mixed' })).fingerprint();
      assert.deepEqual({ ...later, why: '' }, { name, why: '', ...rest });
      await assert.rejects(
        client({ fleet: 'mixed', verify: 0.5 }),
        /^UserError: --verify: .* expected \/limits\/fleet "equal"/,
      );
    });

    it('finds a worker that computes wrongly, where all tasks are checked', async () => {
      const request = fresh();
      const wrong = await stubExecutor().run(fresh());
      const names = [
        (await worker()).name,
        (await worker(stubWith({ run: () => Promise.resolve(wrong) }))).name,
      ];
      const executor = await client({ verify: 1 });
      await assert.rejects(executor.run(request), (error: Error) =>
        names.every((each) => error.message.includes(each)),
      );
    });

    it('lets pass what two workers make alike, and asks for two', async () => {
      await worker();
      await assert.rejects(
        (await client({ verify: 1 })).run(fresh()),
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
      await open.pop()!.close();
      await open.pop()!.close();
      await worker(spied('a'));
      await worker(spied('b'));
      await (await client({ verify: 1 })).run(fresh());
      assert.deepEqual([...computing].sort(), ['a', 'b']);
    });

    it('says it where workers have another store than the run', async () => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'pwff-queue-elsewhere-'));
      try {
        await worker();
        const executor = await client({ blobs: elsewhere });
        await assert.rejects(executor.run(fresh()), /--blobs: worker .* puts what it makes elsewhere/);
      } finally {
        rmSync(elsewhere, { recursive: true });
      }
    });

    it('opens no folder that a job names', async () => {
      await worker();
      const tokenizer = { folder: '/etc', hash: 'a'.repeat(64) };
      const reward = { kind: 'distilbert', languageTokenizer: tokenizer, rewardTokenizer: tokenizer };
      const { key: _, ...request } = fresh();
      const named = taskRequest<'instruct'>({ ...request, model: { reward } as never });
      await assert.rejects((await client()).run(named), /has no tokenizer of hash aaaa.*--models/);
    });

    it('refuses a job that is none, and goes on', async () => {
      await worker();
      const executor = await client();
      const request = { ...fresh(), key: '0'.repeat(64) };
      await assert.rejects(executor.run(request), /a task of key 0000000000000000 came as one of key/);
      await executor.run(fresh());
    });

    it('lets a run go that ends while the server is away', async () => {
      await worker();
      const executor = await client();
      await executor.run(fresh());
      await open.shift()!.close();
      open.length = 0;
      await server!.kill();
      const asked = executor.run(fresh()).catch(() => 'given up');
      await sleep(200);
      await executor.close();
      assert.equal(await Promise.race([asked, sleep(5000, 'still asked')]), 'given up');
      await server!.start();
    });
  });
}
