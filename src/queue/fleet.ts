import { setTimeout as delay } from 'node:timers/promises';
import { hostname } from 'node:os';
import { UserError } from '../errors.js';
import { identityOf, nameOfIdentity } from '../journal/identity.js';
import type { Fingerprint } from '../learning/model/backend.js';
import type { QueueLink } from './link.js';
import { fleetQueue, protocol } from './job.js';
import { patiently } from './patiently.js';
import { JobWatch } from './watch.js';

/*
 * Who computes at a queue. Each worker stands in the queue "fleet" under a name that begins with its identity, and
 * answers there what it is.
 */

/** What a worker says of itself. */
export interface Greeting {
  readonly protocol: number;
  readonly fingerprint: Fingerprint;
}

let workersHere = 0;

/** A name for a worker of this process, of at most what PostgreSQL keeps of one. */
export function workerName(fingerprint: Fingerprint): string {
  const host = hostname().replace(/[^\w.-]/g, '_');
  return `${nameOfIdentity(identityOf(fingerprint))}.${process.pid}-${++workersHere}.${host}`.slice(0, 50);
}

const identityIn = (name: string) => name.split('.')[0]!;

/** The names of all workers there are now. */
export async function workersAt(link: QueueLink): Promise<readonly string[]> {
  const queue = link.queue(fleetQueue);
  try {
    const clients = await patiently(() => queue.getWorkers());
    const names = clients.map(({ rawname }) => /:w:(.+)$/.exec(rawname ?? '')?.[1]);
    return names.filter((name) => name !== undefined);
  } finally {
    await queue.close();
  }
}

/**
 * Waits for workers, and says so. UserError where they are of several identities (decision D8), or of another version
 * of pwff.
 */
export async function fleetOf(
  link: QueueLink,
  say: (note: string) => void,
  signal?: AbortSignal,
): Promise<Fingerprint> {
  let names = await workersAt(link);
  if (names.length === 0) say(`Waits for a worker: pwff worker --queue ${link.address.shown}`);
  while (names.length === 0) {
    await delay(500, undefined, signal ? { signal } : {});
    names = await workersAt(link);
  }
  const counts = new Map<string, number>();
  for (const name of names) counts.set(identityIn(name), (counts.get(identityIn(name)) ?? 0) + 1);
  if (counts.size > 1) {
    const each = [...counts].map(([identity, count]) => `${count} of ${identity}`).join(', ');
    throw new UserError(
      `--queue: ${link.address.shown} has workers of unequal code or backend (${each}: ${names.join(', ')}), ` +
        'expected equal ones, since results differ in last digits; stop the others',
    );
  }
  const fingerprint = await greet(link);
  const own = nameOfIdentity(identityOf(fingerprint));
  if (counts.has(own)) return fingerprint;
  throw new UserError(
    `--queue: ${link.address.shown} has workers of another version of pwff (${names.join(', ')}), expected this one`,
  );
}

/** A worker answers at once, or has died. */
const answerMs = 5000;

/** Asks any worker what it is. */
async function greet(link: QueueLink): Promise<Fingerprint> {
  const queue = link.queue(fleetQueue);
  const events = link.events(fleetQueue);
  const watch = new JobWatch<Greeting>(queue, events);
  try {
    let greeting: Greeting | null = null;
    while (greeting === null) {
      const kept = { removeOnComplete: { age: 60 }, removeOnFail: { age: 60 } };
      const job = await patiently(() => queue.add('greeting', { protocol }, kept));
      const settled = await Promise.race([
        watch.settled(job.id!, () => {}),
        delay(answerMs, null, { ref: false }),
      ]);
      if (settled?.end === 'completed') greeting = settled.outcome;
    }
    if (greeting.protocol === protocol) return greeting.fingerprint;
    throw new UserError(
      `--queue: ${link.address.shown} has a worker of protocol ${greeting.protocol}, expected ${protocol}: the same pwff`,
    );
  } finally {
    watch.close();
    await Promise.all([queue.close(), events.close()]);
  }
}
