import Type from 'typebox';
import { Ajv } from 'ajv';
import type { Json } from '../journal/coded-result.js';
import { nameOfCode } from '../journal/identity.js';
import type { FailureCause } from '../learning/training/task-failure.js';

/*
 * What stands in the queue: data, never code. Tensors and tables stand in the blob store, by their hashes.
 */

/** Raised with every change of what stands in a queue, so that who reads it knows what it reads. */
export const protocol = 1;

/** A task to be computed. Its id is the task's key, or of a later try that and the try's number. */
export interface Job {
  readonly protocol: typeof protocol;
  /** The run that put it there. */
  readonly run: string;
  /** What has to compute it: see `nameOfIdentity`. Null: any backend. */
  readonly identity: string | null;
  readonly request: Json;
  /** Of a spot-check: the worker that computed it first. */
  readonly notBy?: string;
  /** Whoever works on it may stop. */
  readonly cancelled?: boolean;
}

/** What comes of it. */
export interface Outcome {
  readonly worker: string;
  readonly result: Json;
}

/** Why it failed: the causes of a try, and blobs that the worker did not find. */
export interface JobFailure {
  readonly worker: string | null;
  readonly how: FailureCause | 'missing';
  readonly message: string;
}

const JobSchema = Type.Object({
  protocol: Type.Literal(protocol),
  run: Type.String(),
  identity: Type.Union([Type.String(), Type.Null()]),
  request: Type.Object({
    kind: Type.String(),
    key: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    seed: Type.String(),
    model: Type.Object({}),
    hyper: Type.Object({}),
    params: Type.Object({}),
    data: Type.Object({}),
  }),
  notBy: Type.Optional(Type.String()),
  cancelled: Type.Optional(Type.Boolean()),
});

export const isJob = new Ajv().compile<Job>(JSON.parse(JSON.stringify(JobSchema)) as object);

/** Deterministic, so that a run that goes on finds what became of its jobs; with a `run`, of that run alone. */
export function jobId(
  key: string,
  attempt: number,
  { part, run }: { readonly part?: 'check' | undefined; readonly run?: string } = {},
): string {
  return [key, ...(attempt > 1 ? [attempt] : []), ...(part ? [part] : []), ...(run ? [run] : [])].join('-');
}

/** As BullMQ keeps it: one text. */
export const textOfFailure = (failure: JobFailure) => JSON.stringify(failure);

/** BullMQ has reasons of its own: of a job whose workers fell silent too often. */
export function failureOf(text: string): JobFailure {
  try {
    const { worker, how, message } = JSON.parse(text) as Partial<JobFailure>;
    if (typeof how === 'string' && typeof message === 'string') {
      return { worker: worker ?? null, how, message };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { worker: null, how: text.includes('stalled') ? 'exit' : 'error', message: text };
}

/** Where all workers stand, whatever they compute on. */
export const fleetQueue = 'fleet';

/** Where tasks wait for workers of an identity. */
export const taskQueue = (identity: string) => `tasks-${identity}`;

/** Where tasks wait for any worker of this code. */
export const anyQueue = () => taskQueue(`any-${nameOfCode()}`);

/** Seconds for which finished jobs are kept, for runs that are gone on with; failed ones, for people to look at. */
export const keptSeconds = { completed: 3600, failed: 7 * 24 * 3600 } as const;
