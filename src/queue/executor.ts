import { createHash, randomUUID } from 'node:crypto';
import type { Queue, QueueEvents } from 'bullmq';
import { messageOf, UserError } from '../errors.js';
import { decoded, setsIn } from '../journal/coded-result.js';
import { identityOf, nameOfIdentity } from '../journal/identity.js';
import type { Fingerprint } from '../learning/model/backend.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { Attempt, Executor } from '../learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import { TryFailed } from '../learning/training/task-failure.js';
import { queueAddress } from './address.js';
import { openBlobs } from './blobs/index.js';
import type { BlobStore } from './blobs/store.js';
import { codedRequest, contentsFrom, MissingBlob } from './coded-request.js';
import { bytesOfContent, hashOfContent, type Content } from './content.js';
import { fleetOf, workersAt } from './fleet.js';
import { jobId, keptSeconds, protocol, taskQueue, type Job, type Outcome } from './job.js';
import { openLink, type QueueLink } from './link.js';
import { patiently } from './patiently.js';
import type { QueueSettings } from './settings.js';
import { JobWatch, type Settled } from './watch.js';

export interface QueueExecutorSettings extends QueueSettings {
  /** Share of the tasks, from 0 to 1, that are computed by two workers and compared. */
  readonly verify: number;
  /** What people should know of workers and of the queue. */
  readonly say: (note: string) => void;
  /** Ends the wait for a first worker. */
  readonly signal?: AbortSignal;
}

/** Hands tasks to the workers at a queue; UserError, in one line, where queue or store are not to be had. */
export async function queueExecutor(settings: QueueExecutorSettings): Promise<Executor> {
  const address = queueAddress('--queue', settings.queue);
  const outages = new Set<string>();
  const link = await openLink(address, (cause) => {
    const text = messageOf(cause);
    if (!outages.has(text)) settings.say(`${address.shown}: ${text}`);
    outages.add(text);
  });
  return new QueueExecutor(link, await openBlobs(settings.blobs, address), settings);
}

/** The queue that the run's tasks go to, once it is known what computes them. */
interface Desk {
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly watch: JobWatch<Outcome>;
  readonly identity: string;
}

/** How often a task goes back to workers that do not find its blobs. */
const mostSearches = 3;

class QueueExecutor implements Executor {
  readonly #run = randomUUID();
  readonly #link: QueueLink;
  readonly #blobs: BlobStore;
  readonly #settings: QueueExecutorSettings;
  /** How often each task was tried, by its key. */
  readonly #tries = new Map<string, number>();
  /** Jobs that somebody waits for. */
  readonly #open = new Set<string>();
  #desk: Promise<Desk> | null = null;
  #fingerprint: Promise<Fingerprint> | null = null;

  constructor(link: QueueLink, blobs: BlobStore, settings: QueueExecutorSettings) {
    this.#link = link;
    this.#blobs = blobs;
    this.#settings = settings;
  }

  fingerprint(): Promise<Fingerprint> {
    const { say, signal } = this.#settings;
    return (this.#fingerprint ??= fleetOf(this.#link, say, signal));
  }

  async run<K extends TaskKind>(request: TaskRequest<K>, attempt?: Attempt): Promise<TaskResult<K>> {
    const tried = (this.#tries.get(request.key) ?? 0) + 1;
    this.#tries.set(request.key, tried);
    const id = jobId(request.key, tried);
    const outcome = await this.#computed(id, request, attempt);
    if (this.#isDrawn(request.key)) await this.#check(request, tried, outcome, attempt);
    return (await this.#result(id, outcome)) as TaskResult<K>;
  }

  async close(): Promise<void> {
    const desk = await this.#desk?.catch(() => null);
    if (desk) {
      await Promise.all([...this.#open].map((id) => cancel(desk.queue, id)));
      desk.watch.close();
      await Promise.all([desk.queue.close(), desk.events.close()]);
    }
    await this.#blobs.close();
  }

  /** What a worker makes of a request, however often the queue forgets it on the way. */
  async #computed(id: string, request: TaskRequest, attempt?: Attempt, notBy?: string): Promise<Outcome> {
    const desk = await (this.#desk ??= this.#opened());
    const { request: json, contents } = codedRequest(request);
    const job: Job = {
      ...{ protocol, run: this.#run, identity: desk.identity, request: json },
      ...(notBy !== undefined && { notBy }),
    };
    const onAbort = () => void cancel(desk.queue, id);
    attempt?.signal.addEventListener('abort', onAbort);
    this.#open.add(id);
    try {
      for (let searches = 0; ;) {
        await this.#put(contents);
        await submit(desk.queue, id, job);
        const settled = await desk.watch.settled(id, () => attempt?.begun());
        if (settled.end === 'completed') return settled.outcome;
        if (attempt?.signal.aborted) throw new TryFailed('abort', 'the task was given up');
        if (settled.end === 'failed' && !isMissing(settled, ++searches)) throw tryFailed(settled);
      }
    } finally {
      this.#open.delete(id);
      attempt?.signal.removeEventListener('abort', onAbort);
    }
  }

  async #put(contents: readonly Content[]): Promise<void> {
    for (const content of contents) {
      await patiently(() => this.#blobs.keep(hashOfContent(content), () => bytesOfContent(content)));
    }
  }

  async #result(id: string, { result }: Outcome): Promise<unknown> {
    const contents = contentsFrom((hash) => patiently(() => this.#blobs.find(hash)));
    const sets = new Map<string, ParamSet>();
    try {
      for (const { hash } of setsIn(result)) sets.set(hash, await contents.set(hash));
    } catch (error) {
      if (!(error instanceof MissingBlob)) throw error;
      await (await this.#desk!).queue.remove(id);
      throw new TryFailed('poisoned', `its result is lost: ${error.message}`);
    }
    return decoded(result, (hash) => sets.get(hash)!);
  }

  /** Compares what two workers make of a task, by the hashes in their results. */
  async #check(request: TaskRequest, tried: number, first: Outcome, attempt?: Attempt): Promise<void> {
    const ids = [jobId(request.key, tried), jobId(request.key, tried, 'check')] as const;
    const second = await this.#computed(ids[1], request, attempt, first.worker);
    if (JSON.stringify(first.result) === JSON.stringify(second.result)) return;
    const { queue } = await this.#desk!;
    await Promise.all(ids.map((id) => queue.remove(id)));
    throw new UserError(
      `--verify: workers ${first.worker} and ${second.worker} made different results of one task (${request.kind}, ` +
        `key ${request.key.slice(0, 16)}), expected equal ones; one of the two computes wrongly: run again without it`,
    );
  }

  /** Drawn by the task's key, so that a run that goes on checks the same. */
  #isDrawn(key: string): boolean {
    const draw = createHash('sha256').update(`verify ${key}`).digest().readUInt32BE() / 2 ** 32;
    return draw < this.#settings.verify;
  }

  async #opened(): Promise<Desk> {
    const identity = nameOfIdentity(identityOf(await this.fingerprint()));
    if (this.#settings.verify > 0) await this.#refuseLoneWorker();
    const [queue, events] = [this.#link.queue(taskQueue(identity)), this.#link.events(taskQueue(identity))];
    await events.waitUntilReady();
    return { queue, events, watch: new JobWatch<Outcome>(queue, events), identity };
  }

  async #refuseLoneWorker(): Promise<void> {
    const workers = await workersAt(this.#link);
    if (workers.length > 1) return;
    throw new UserError(
      `--verify: ${this.#link.address.shown} has one worker, expected two at least, which check each other`,
    );
  }
}

/** Puts a job there, unless it is there already; one that failed is made anew. */
async function submit(queue: Queue, id: string, job: Job): Promise<void> {
  await patiently(async () => {
    const known = await queue.getJob(id);
    if (known?.failedReason || (known?.data as Job | undefined)?.cancelled) await queue.remove(id);
    await queue.add('task', job, {
      jobId: id,
      removeOnComplete: { age: keptSeconds.completed },
      removeOnFail: { age: keptSeconds.failed },
    });
  });
}

/** Removes a job that waits; tells a worker that has it to stop. */
async function cancel(queue: Queue, id: string): Promise<void> {
  try {
    if ((await queue.remove(id)) === 1) return;
    const job = await queue.getJob(id);
    await job?.updateData({ ...(job.data as Job), cancelled: true });
  } catch {
    // The server is away: the worker ends by itself, and nobody asks for what it made.
  }
}

type Failed = Extract<Settled<Outcome>, { readonly end: 'failed' }>;

/** Whether a worker did not find what it was to be given; UserError where that goes on. */
function isMissing({ failure: { how, worker, message } }: Failed, searches: number): boolean {
  if (how !== 'missing') return false;
  if (searches < mostSearches) return true;
  throw new UserError(
    `--blobs: worker ${worker} does not find what this run puts there (${message}), expected the same store for both`,
  );
}

function tryFailed({ failure: { how, worker, message } }: Failed): TryFailed {
  const by = worker === null ? '' : ` (worker ${worker})`;
  return new TryFailed(how === 'missing' ? 'error' : how, `${message}${by}`);
}
