import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresServer, redisServer, type Begun, type Server } from '../../soak/queue-servers.js';
import type { Attempt, Executor } from '../../src/learning/training/executor.js';
import { stubExecutor } from '../../src/learning/training/stub-executor.js';
import type { TaskRequest, TaskResult } from '../../src/learning/training/task.js';
import { queueAddress } from '../../src/queue/address.js';
import { queueExecutor, type QueueExecutorSettings } from '../../src/queue/executor.js';
import { standingAt, type Standing } from '../../src/queue/standing.js';
import { startWorker, type QueueWorker } from '../../src/queue/worker.js';
import { instructRequest } from './requests.js';

/*
 * Workers of this process, which compute with the stub executor: what is tested is the way there and back.
 */

const servers: Readonly<Record<string, () => Promise<Begun>>> = {
  Redis: () => redisServer(),
  PostgreSQL: () => postgresServer(),
};

export type Tasks = (request: TaskRequest, attempt?: Attempt) => Promise<TaskResult>;

/** The stub executor with other tasks, or on another backend. */
export function stubWith({ run, backend }: { run?: Tasks; backend?: 'wasm' } = {}): Executor {
  const stub = stubExecutor();
  return {
    ...stub,
    ...(run && { run: run as Executor['run'] }),
    fingerprint: async () => ({ ...(await stub.fingerprint()), ...(backend && { name: backend }) }),
  };
}

/** A queue at a server of its own. */
export class Place {
  readonly said: string[] = [];
  /** What a test has opened and is closed behind it. */
  readonly open: { close(): Promise<void> }[] = [];
  readonly #name: string;
  #server: Server | null = null;
  #blobs = '';
  #asked = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get server(): Server {
    return this.#server!;
  }

  async begin(server: Server): Promise<void> {
    this.#server = server;
    this.#blobs = mkdtempSync(join(tmpdir(), 'pwff-queue-blobs-'));
    await server.start();
  }

  async end(): Promise<void> {
    if (this.#server === null) return;
    await this.#server.remove();
    rmSync(this.#blobs, { recursive: true });
  }

  async closeAll(): Promise<void> {
    for (const each of this.open.splice(0).reverse()) await each.close();
    this.said.length = 0;
  }

  async worker(executor = stubWith()): Promise<QueueWorker> {
    const settings = { ...this.#settings(), concurrency: 1, backend: 'wasm', silenceSeconds: 1 } as const;
    const begun = await startWorker(settings, executor);
    this.open.push(begun);
    return begun;
  }

  async client(more: Partial<QueueExecutorSettings> = {}): Promise<Executor> {
    const executor = await queueExecutor({ ...this.#settings(), fleet: 'equal', verify: 0, ...more });
    this.open.push(executor);
    return executor;
  }

  /** A request that no other test has asked for. */
  fresh(): TaskRequest<'instruct'> {
    return instructRequest(`${this.#name} ${++this.#asked}`);
  }

  standing(): Promise<Standing> {
    return standingAt(queueAddress('--queue', this.server.url), []);
  }

  #settings() {
    return { queue: this.server.url, blobs: this.#blobs, say: (note: string) => void this.said.push(note) };
  }
}

/** Tests of a queue at each kind of server; skipped, with the reason, where there is none. */
export function atServers(what: string, tests: (place: Place) => void): void {
  for (const [name, begin] of Object.entries(servers)) {
    describe(`${what} on ${name}`, function () {
      this.timeout(60_000);
      const place = new Place(`${what} ${name}`);
      before(async function () {
        const begun = await begin();
        if ('server' in begun) return place.begin(begun.server);
        console.log(`      skipped: ${begun.why}`);
        return this.skip();
      });
      afterEach(() => place.closeAll());
      after(() => place.end());
      tests(place);
    });
  }
}
