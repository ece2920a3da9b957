import type { Job as QueueJob } from 'bullmq';
import type { QueueAddress } from './address.js';
import { workersAt } from './fleet.js';
import { anyQueue, failureOf, taskQueue, type Job } from './job.js';
import { openLink } from './link.js';

/** A job that failed as often as it was tried, or is being tried again. */
export interface DeadLetter {
  readonly key: string;
  readonly kind: string;
  readonly run: string;
  readonly worker: string | null;
  readonly how: string;
  readonly message: string;
}

/** How things stand at a queue. */
export interface Standing {
  readonly workers: readonly string[];
  /** Jobs by their state, and what is being computed by whom, over the queues of all workers. */
  readonly waiting: number;
  readonly active: readonly { readonly kind: string; readonly worker: string }[];
  readonly completed: number;
  readonly dead: readonly DeadLetter[];
}

/** Looks at the queues of the workers that are there, and of `identities` besides. UserError where it cannot. */
export async function standingAt(address: QueueAddress, identities: readonly string[]): Promise<Standing> {
  const link = await openLink(address, () => {});
  const workers = await workersAt(link);
  const own = [...workers.map((name) => name.split('.')[0]!), ...identities].map(taskQueue);
  const names = new Set([...own, anyQueue()]);
  let [waiting, completed] = [0, 0];
  const active: { kind: string; worker: string }[] = [];
  const dead: DeadLetter[] = [];
  for (const name of names) {
    const queue = link.queue(name);
    try {
      const counts = await queue.getJobCounts('waiting', 'delayed', 'completed');
      waiting += counts.waiting! + counts.delayed!;
      completed += counts.completed!;
      for (const job of await queue.getJobs('active'))
        active.push({ kind: kindOf(job), worker: workerOf(job) });
      for (const job of await queue.getJobs('failed')) dead.push(letterOf(job));
    } finally {
      await queue.close();
    }
  }
  return { workers, waiting, active, completed, dead };
}

const requestOf = (job: QueueJob) =>
  (job.data as Job).request as { readonly kind?: string; readonly key?: string };
const kindOf = (job: QueueJob) => requestOf(job).kind ?? '?';

function workerOf({ progress }: QueueJob): string {
  return typeof progress === 'object' && 'worker' in progress ? String(progress.worker) : '?';
}

function letterOf(job: QueueJob): DeadLetter {
  const { worker, how, message } = failureOf(job.failedReason);
  const { run } = job.data as Job;
  return { key: requestOf(job).key ?? '?', kind: kindOf(job), run, worker, how, message };
}
