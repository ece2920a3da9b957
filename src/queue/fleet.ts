import { setTimeout as delay } from 'node:timers/promises';
import { hostname } from 'node:os';
import { UserError } from '../errors.js';
import { identityOf, nameOfIdentity } from '../journal/identity.js';
import type { Fingerprint } from '../learning/model/backend.js';
import type { Scenario } from '../scenario/schema.js';
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

/** Which workers a run takes: of one identity, or all. */
export type FleetChoice = Scenario['limits']['fleet'];

/**
 * Waits for workers, and says so. UserError where they are of several identities (decision D8) and the run does not take a
 * mixed fleet, or of another version of pwff.
 */
export async function fleetOf(
  link: QueueLink,
  choice: FleetChoice,
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
  const each = [...counts].map(([identity, count]) => `${count} of ${identity}`).join(', ');
  if (counts.size > 1 && choice === 'equal') {
    throw new UserError(
      `--queue: ${link.address.shown} has workers of unequal code or backend (${each}: ${names.join(', ')}), ` +
        'expected equal ones, since results differ in last digits; stop the others, or take them with ' +
        '--set limits.fleet=mixed',
    );
  }
  const fingerprint = await greet(link);
  const own = nameOfIdentity(identityOf(fingerprint));
  if (counts.has(own)) return choice === 'equal' ? fingerprint : mixed(each);
  throw new UserError(
    `--queue: ${link.address.shown} has workers of another version of pwff (${names.join(', ')}), expected this one`,
  );
}

/** Equal whoever comes and goes: a run in a mixed fleet is gone on with in another. */
function mixed(workers: string): Fingerprint {
  const nodeMajor = Number(process.versions.node.split('.', 1)[0]);
  return {
    name: 'mixed',
    version: 'any',
    cpuFeatures: [],
    nodeMajor,
    why: `workers as it began: ${workers}`,
  };
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
