import type { Job as QueueJob, Queue, Worker } from 'bullmq';
import { messageOf } from '../errors.js';
import { encoded } from '../journal/coded-result.js';
import { identityOf, nameOfIdentity } from '../journal/identity.js';
import type { BackendChoice } from '../learning/model/backend.js';
import type { ParamSet } from '../learning/params/param-set.js';
import { poolExecutor, type Executor } from '../learning/training/executor.js';
import { TryFailed } from '../learning/training/task-failure.js';
import { queueAddress } from './address.js';
import { openBlobs } from './blobs/index.js';
import type { BlobStore } from './blobs/store.js';
import { cachedContents } from './cached-contents.js';
import { contentsFrom, decodedRequest, MissingBlob, type Contents } from './coded-request.js';
import { bytesOfContent, hashOfContent } from './content.js';
import { workerName, type Greeting } from './fleet.js';
import {
  anyQueue,
  fleetQueue,
  isJob,
  protocol,
  taskQueue,
  textOfFailure,
  type Job,
  type JobFailure,
  type Outcome,
} from './job.js';
import { Heartbeat } from './heartbeat.js';
import { openLink, type QueueLink } from './link.js';
import { tokenizersIn, withOwnTokenizers, type OwnTokenizers } from './own-tokenizers.js';
import { patiently } from './patiently.js';
import type { QueueSettings } from './settings.js';

export interface QueueWorkerSettings extends QueueSettings {
  /** Folders of models whose tokenizers runs may ask for. */
  readonly models?: readonly string[];
  /** Tasks at a time, each in a thread of its own. */
  readonly concurrency: number;
  readonly backend: BackendChoice;
  /** Seconds of silence after which the queue gives this worker's tasks to others. */
  readonly silenceSeconds: number;
  readonly say: (note: string) => void;
}

/** A process that computes tasks of runs elsewhere. */
export interface QueueWorker {
  /** Under which runs and logs know it. */
  readonly name: string;
  /** Takes no more tasks, finishes those that it has, and leaves. */
  close(): Promise<void>;
}

/** How often a task may lose its worker before it counts as one that ends workers. */
const mostSilences = 3;

/**
 * Computes what stands in a queue until it is closed. Tasks run in threads, so that this one tells the queue all along
 * that their worker lives. UserError, in one line, where queue, store or backend are not to be had.
 *
 * @param executor What computes them; the worker closes it. Absent: a pool of threads.
 */
export async function startWorker(
  settings: QueueWorkerSettings,
  executor = poolExecutor(settings.concurrency, settings.backend),
): Promise<QueueWorker> {
  let blobs: BlobStore | null = null;
  try {
    const address = queueAddress('--queue', settings.queue);
    const link = await openLink(address, (cause) => settings.say(`${address.shown}: ${cause}`));
    blobs = await openBlobs(settings.blobs, address);
    return await opened(settings, link, blobs, executor);
  } catch (error) {
    await executor.close();
    await blobs?.close();
    throw error;
  }
}

async function opened(
  { models = [], concurrency, silenceSeconds, say }: QueueWorkerSettings,
  link: QueueLink,
  blobs: BlobStore,
  executor: Executor,
): Promise<QueueWorker> {
  const fingerprint = await executor.fingerprint();
  const identity = nameOfIdentity(identityOf(fingerprint));
  const name = workerName(fingerprint);
  const contents = cachedContents(contentsFrom((hash) => patiently(() => blobs.find(hash))));
  const tokenizers = await tokenizersIn(models);
  const desks = [taskQueue(identity), anyQueue()].map((queueName) => {
    const queue = link.queue(queueName);
    const desk: Desk = { name, identity, queue, blobs, contents, tokenizers, executor, say };
    const tasks = link.worker(queueName, (job, token, signal) => compute(desk, job, token, signal), {
      name,
      concurrency,
      lockDuration: 1e3 * silenceSeconds,
      stalledInterval: 500 * silenceSeconds,
      maxStalledCount: mostSilences,
      runRetryDelay: 1000,
    });
    // Another worker has the task by now, or nobody wants it.
    tasks.on('lockRenewalFailed', (ids) => ids.forEach((id) => tasks.cancelJob(id)));
    return { queue, tasks };
  });
  const greeter = greeterAt(link, name, { protocol, fingerprint });
  await Promise.all([...desks.map(({ tasks }) => tasks.waitUntilReady()), greeter.waitUntilReady()]);
  return {
    name,
    close: async () => {
      await Promise.all([greeter.close(), ...desks.map(({ tasks }) => tasks.close())]);
      await Promise.all(desks.map(({ queue }) => queue.close()));
      await executor.close();
      await blobs.close();
    },
  };
}

/** Answers runs that ask who is there. */
function greeterAt(link: QueueLink, name: string, greeting: Greeting): Worker {
  return link.worker(fleetQueue, () => Promise.resolve(greeting), { name, runRetryDelay: 1000 });
}

/** What a worker has at hand. */
interface Desk {
  readonly name: string;
  readonly identity: string;
  readonly queue: Queue;
  readonly blobs: BlobStore;
  readonly contents: Contents;
  readonly tokenizers: OwnTokenizers;
  readonly executor: Executor;
  readonly say: (note: string) => void;
}

async function compute(desk: Desk, job: QueueJob, token = '', signal?: AbortSignal): Promise<Outcome> {
  if ((job.data as Partial<Job>).notBy === desk.name) return passOn(job, token);
  const heartbeat = new Heartbeat(desk.queue, job.id!, signal);
  try {
    await job.updateProgress({ worker: desk.name });
    return await computed(desk, job.data, heartbeat.signal);
  } catch (error) {
    if (heartbeat.isCancelled) job.opts.removeOnFail = true;
    else desk.say(`task ${job.id!.slice(0, 16)}: ${messageOf(error)}`);
    throw new Error(textOfFailure(failureFrom(error, desk.name)));
  } finally {
    heartbeat.stop();
  }
}

async function computed(
  { name, identity, blobs, contents, tokenizers, executor }: Desk,
  data: unknown,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!isJob(data)) throw new Error(`the job is none of protocol ${protocol}`);
  if (data.identity !== null && data.identity !== identity) {
    throw new Error(`the job is for workers of ${data.identity}, this one is of ${identity}`);
  }
  const request = withOwnTokenizers(await decodedRequest(data.request, contents), tokenizers);
  const result = await executor.run(request, { signal, begun: () => {} });
  const sets: ParamSet[] = [];
  const json = encoded(result, (set) => sets.push(set));
  for (const set of sets) {
    await patiently(() => blobs.keep(hashOfContent(set), () => bytesOfContent(set)));
  }
  return { worker: name, result: json };
}

function failureFrom(error: unknown, worker: string): JobFailure {
  const message = messageOf(error);
  if (error instanceof MissingBlob) return { worker, how: 'missing', message };
  if (error instanceof TryFailed) return { worker, how: error.how, message };
  return { worker, how: error instanceof Error && error.name === 'AbortError' ? 'abort' : 'error', message };
}

const passedOnMs = 200;

/** Back into the queue, for a worker that did not compute it before. */
async function passOn(job: QueueJob, token: string): Promise<never> {
  const { DelayedError } = await import('bullmq');
  await job.moveToDelayed(Math.ceil(performance.timeOrigin + performance.now()) + passedOnMs, token);
  throw new DelayedError();
}
