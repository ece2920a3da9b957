import { createHash, randomUUID } from 'node:crypto';
import type { Queue, QueueEvents } from 'bullmq';
import { UserError } from '../errors.js';
import { decoded, setsIn } from '../journal/coded-result.js';
import { identityOf, nameOfIdentity } from '../journal/identity.js';
import type { Fingerprint } from '../learning/model/backend.js';
import type { ParamSet } from '../learning/params/param-set.js';
import type { Attempt, Executor } from '../learning/training/executor.js';
import type { TaskKind, TaskRequest, TaskResult } from '../learning/training/task.js';
import { TryFailed } from '../learning/training/task-failure.js';
import { queueAddress } from './address.js';
import { Attendance } from './attendance.js';
import { openBlobs } from './blobs/index.js';
import type { BlobStore } from './blobs/store.js';
import { codedRequest, contentsFrom, MissingBlob } from './coded-request.js';
import { bytesOfContent, hashOfContent, type Content } from './content.js';
import { fleetOf, workersAt, type FleetChoice } from './fleet.js';
import { anyQueue, jobId, keptSeconds, protocol, taskQueue, type Job, type Outcome } from './job.js';
import { openLink, type QueueLink } from './link.js';
import { briefly, leave, patiently } from './patiently.js';
import type { QueueSettings } from './settings.js';
import { JobWatch, type Settled } from './watch.js';

export interface QueueExecutorSettings extends QueueSettings {
  /** Share of the tasks, from 0 to 1, that are computed by two workers and compared. */
  readonly verify: number;
  readonly fleet: FleetChoice;
  /** Whether what other runs had computed counts as not there. */
  readonly anew?: boolean;
  /** What people should know of workers and of the queue. */
  readonly say: (note: string) => void;
  /** Ends the wait for a first worker. */
  readonly signal?: AbortSignal;
}

/** Hands tasks to the workers at a queue; UserError, in one line, where queue or store are not to be had. */
export async function queueExecutor(settings: QueueExecutorSettings): Promise<Executor> {
  if (settings.verify > 0 && settings.fleet === 'mixed') {
    throw new UserError(
      '--verify: compares workers bit for bit, expected /limits/fleet "equal": those of a mixed fleet differ',
    );
  }
  const address = queueAddress('--queue', settings.queue);
  const link = await openLink(address, (cause) => settings.say(`${address.shown}: ${cause}`));
  return new QueueExecutor(link, await openBlobs(settings.blobs, address), settings);
}

/** The queue that the run's tasks go to, once it is known what computes them. */
interface Desk {
  readonly queue: Queue;
  readonly events: QueueEvents;
  readonly watch: JobWatch<Outcome>;
  readonly attendance: Attendance;
  /** Null: any worker's. */
  readonly identity: string | null;
}

/** How a job is tried: who waits for it, milliseconds until it may begin, and who is not to do it. */
interface Trial {
  readonly attempt: Attempt | undefined;
  readonly delay?: number;
  readonly notBy?: string;
}

/** Before the second try; each waits twice as long as the one before. */
const leastBackOffMs = 500;

/** How often a task goes back to workers that do not find its blobs. */
const mostSearches = 3;

class QueueExecutor implements Executor {
  readonly #run = randomUUID();
  readonly #link: QueueLink;
  readonly #blobs: BlobStore;
  readonly #settings: QueueExecutorSettings;
  /** How often each task was tried, and how often that failed, by its key. */
  readonly #tries = new Map<string, { tried: number; failed: number }>();
  readonly #closing = new AbortController();
  /** Jobs that somebody waits for. */
  readonly #open = new Set<string>();
  #desk: Promise<Desk> | null = null;
  #fingerprint: Promise<Fingerprint> | null = null;

  /** Rejects when the executor is closed: what waits for a server that is away waits no longer. */
  readonly #closed = new Promise<never>((_, reject) => {
    const cause = new TryFailed('abort', 'the executor is closed');
    this.#closing.signal.addEventListener('abort', () => reject(cause));
  });

  constructor(link: QueueLink, blobs: BlobStore, settings: QueueExecutorSettings) {
    this.#link = link;
    this.#blobs = blobs;
    this.#settings = settings;
    this.#closed.catch(() => {});
  }

  fingerprint(): Promise<Fingerprint> {
    const { fleet, say, signal } = this.#settings;
    return (this.#fingerprint ??= fleetOf(this.#link, fleet, say, signal));
  }

  async run<K extends TaskKind>(request: TaskRequest<K>, attempt?: Attempt): Promise<TaskResult<K>> {
    const tries = this.#tries.get(request.key) ?? { tried: 0, failed: 0 };
    this.#tries.set(request.key, tries);
    const tried = ++tries.tried;
    try {
      const delay = tries.failed === 0 ? 0 : leastBackOffMs * 2 ** (tries.failed - 1);
      const result = await Promise.race([this.#result(request, tried, { attempt, delay }), this.#closed]);
      if (tries.failed > 0) await this.#bury(request, tried);
      return result as TaskResult<K>;
    } catch (error) {
      tries.failed++;
      throw error;
    }
  }

  /** Takes back what nobody has begun, and tells workers to stop what they have. */
  async close(): Promise<void> {
    this.#closing.abort();
    const desk = await this.#desk?.catch(() => null);
    if (desk) {
      desk.watch.close();
      desk.attendance.close();
      await briefly(Promise.all([...this.#open].map((id) => cancel(desk.queue, id))));
      await Promise.all([leave(desk.queue), leave(desk.events)]);
    }
    await this.#blobs.close();
  }

  /** What a worker makes of a request, however often the queue forgets it on the way. */
  async #computed(id: string, request: TaskRequest, { attempt, delay = 0, notBy }: Trial): Promise<Outcome> {
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
        await this.#patiently(() => submit(desk.queue, id, job, delay));
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

  #patiently<T>(act: () => Promise<T>): Promise<T> {
    return patiently(act, this.#closing.signal);
  }

  async #put(contents: readonly Content[]): Promise<void> {
    for (const content of contents) {
      await this.#patiently(() => this.#blobs.keep(hashOfContent(content), () => bytesOfContent(content)));
    }
  }

  /** A result with its sets; it is made again where the store has lost them. */
  async #result(request: TaskRequest, tried: number, trial: Trial): Promise<unknown> {
    const id = this.#jobId(request, tried);
    for (let losses = 0; ;) {
      const outcome = await this.#computed(id, request, trial);
      if (this.#isDrawn(request.key)) await this.#check(request, tried, outcome, trial.attempt);
      const sets = await this.#setsOf(outcome);
      if (sets !== null) return decoded(outcome.result, (hash) => sets.get(hash)!);
      const { queue } = await this.#desk!;
      await this.#patiently(() => queue.remove(id));
      if (++losses === mostSearches) throw otherStore(outcome.worker, 'puts what it makes elsewhere');
    }
  }

  /** Null where the store does not have all of them. */
  async #setsOf({ result }: Outcome): Promise<ReadonlyMap<string, ParamSet> | null> {
    const contents = contentsFrom((hash) => this.#patiently(() => this.#blobs.find(hash)));
    const sets = new Map<string, ParamSet>();
    try {
      for (const { hash } of setsIn(result)) sets.set(hash, await contents.set(hash));
      return sets;
    } catch (error) {
      if (error instanceof MissingBlob) return null;
      throw error;
    }
  }

  /** A task that came out after all is no dead letter. */
  async #bury(request: TaskRequest, tried: number): Promise<void> {
    const { queue } = await this.#desk!;
    for (let n = 1; n < tried; n++) await this.#patiently(() => queue.remove(this.#jobId(request, n)));
  }

  /** Compares what two workers make of a task, by the hashes in their results. */
  async #check(request: TaskRequest, tried: number, first: Outcome, attempt?: Attempt): Promise<void> {
    const ids = [this.#jobId(request, tried), this.#jobId(request, tried, 'check')] as const;
    const second = await this.#computed(ids[1], request, { attempt, notBy: first.worker });
    if (JSON.stringify(first.result) === JSON.stringify(second.result)) return;
    const { queue } = await this.#desk!;
    await Promise.all(ids.map((id) => queue.remove(id)));
    throw new UserError(
      `--verify: workers ${first.worker} and ${second.worker} made different results of one task (${request.kind}, ` +
        `key ${request.key.slice(0, 16)}), expected equal ones; one of the two computes wrongly: run again without it`,
    );
  }

  #jobId({ key }: TaskRequest, tried: number, part?: 'check'): string {
    return jobId(key, tried, { part, ...(this.#settings.anew && { run: this.#run }) });
  }

  /** Drawn by the task's key, so that a run that goes on checks the same. */
  #isDrawn(key: string): boolean {
    const draw = createHash('sha256').update(`verify ${key}`).digest().readUInt32BE() / 2 ** 32;
    return draw < this.#settings.verify;
  }

  async #opened(): Promise<Desk> {
    const fingerprint = await this.fingerprint();
    const identity = this.#settings.fleet === 'mixed' ? null : nameOfIdentity(identityOf(fingerprint));
    if (this.#settings.verify > 0) await this.#refuseLoneWorker();
    const name = identity === null ? anyQueue() : taskQueue(identity);
    const [queue, events] = [this.#link.queue(name), this.#link.events(name)];
    await events.waitUntilReady();
    const waits = () => this.#open.size > 0;
    const attendance = new Attendance(queue, this.#link.address.shown, waits, this.#settings.say);
    return { queue, events, watch: new JobWatch<Outcome>(queue, events), attendance, identity };
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
async function submit(queue: Queue, id: string, job: Job, delay: number): Promise<void> {
  const known = await queue.getJob(id);
  if (known?.failedReason || (known?.data as Job | undefined)?.cancelled) await queue.remove(id);
  await queue.add('task', job, {
    jobId: id,
    delay,
    removeOnComplete: { age: keptSeconds.completed },
    removeOnFail: { age: keptSeconds.failed },
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
  throw otherStore(worker, `does not find what this run puts there (${message})`);
}

function otherStore(worker: string | null, does: string): UserError {
  return new UserError(`--blobs: worker ${worker} ${does}, expected the same store for both`);
}

function tryFailed({ failure: { how, worker, message } }: Failed): TryFailed {
  const by = worker === null ? '' : ` (worker ${worker})`;
  return new TryFailed(how === 'missing' ? 'error' : how, `${message}${by}`);
}
