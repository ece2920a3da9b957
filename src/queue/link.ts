import type * as BullMQ from 'bullmq';
import type { Processor, Queue, QueueEvents, Worker, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf, oneLine, UserError } from '../errors.js';
import { environment, type QueueAddress } from './address.js';
import { steadily } from './steady-postgres.js';

/*
 * BullMQ on Redis or on PostgreSQL. What a server has of ours stands under the prefix or in the schema `pwff`.
 */

const namespace = 'pwff';

/** Parts of BullMQ at one address; whoever opens one closes it. */
export interface QueueLink {
  readonly address: QueueAddress;
  queue(name: string): Queue;
  events(name: string): QueueEvents;
  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Worker;
}

/**
 * UserError, in one line, where a package is missing or the server is not to be had. What goes wrong later, as while the
 * server is away, is told to `onTrouble`, and not again until it is something else.
 */
export async function openLink(
  address: QueueAddress,
  onTrouble: (cause: string) => void,
): Promise<QueueLink> {
  const bullmq = await loaded('bullmq', () => import('bullmq'));
  const open = await links[address.kind](bullmq, address);
  let told = '';
  const heard = <T extends Queue | QueueEvents | Worker>(part: T): T => {
    (part as Worker).on('error', (error) => {
      const cause = oneLine(causeIn(error));
      if (cause !== told) onTrouble(cause);
      told = cause;
    });
    return part;
  };
  return {
    address,
    queue: (name) => heard(open.queue(name)),
    events: (name) => heard(open.events(name)),
    worker: (name, processor, options) => heard(open.worker(name, processor, options)),
  };
}

type Parts = Omit<QueueLink, 'address'>;

const links: Readonly<
  Record<QueueAddress['kind'], (bullmq: typeof BullMQ, address: QueueAddress) => Promise<Parts>>
> = {
  redis: async ({ Queue, QueueEvents, Worker }, address) => {
    await reached(address, () => pinged(address));
    const options = { connection: redisOptions(address), prefix: namespace };
    return {
      queue: (name) => new Queue(name, options),
      events: (name) => new QueueEvents(name, options),
      worker: (name, processor, more) => new Worker(name, processor, { ...options, ...more }),
    };
  },
  postgres: async ({ Queue, QueueEvents, Worker, createPostgresBackend, runMigrations }, address) => {
    const { default: pg } = await loaded('pg', () => import('pg'));
    const config = postgresConfig(address);
    const client = new pg.Client(config);
    // What is asked of it is rejected; a listener keeps the process alive.
    client.on('error', () => {});
    await reached(address, () => client.connect());
    await reached(address, () => runMigrations(client, namespace));
    await client.end();
    const options = { connection: { ...config, schema: namespace, max: 4 } };
    const backend = steadily(createPostgresBackend);
    return {
      queue: (name) => new Queue(name, options, backend) as unknown as Queue,
      events: (name) => new QueueEvents(name, options, backend) as unknown as QueueEvents,
      worker: (name, processor, more) =>
        new Worker(name, processor, { ...options, ...more }, backend) as unknown as Worker,
    };
  },
};

/** Rejects with why Redis does not answer; where nobody listens its client tells that by an event alone. */
async function pinged(address: QueueAddress): Promise<void> {
  const redis = await openRedis(address, atOnce);
  const errors: unknown[] = [];
  redis.on('error', (error) => errors.push(error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw errors[0] ?? error;
  } finally {
    redis.disconnect();
  }
}

/** A client of Redis that waits for a server that is away. */
export async function openRedis(address: QueueAddress, options: Partial<typeof atOnce> = {}): Promise<Redis> {
  const { Redis } = await loaded('ioredis', () => import('ioredis'));
  const redis = new Redis({ ...redisOptions(address), ...options });
  // What is asked of it waits or is rejected; a listener keeps the process alive.
  redis.on('error', () => {});
  return redis;
}

/** Of a client that gives up where the first try fails. */
const atOnce = { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5000 };

function redisOptions({ url, authority }: QueueAddress) {
  const database = Number(url.pathname.slice(1));
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ...(Number.isInteger(database) && { db: database }),
    ...(url.protocol === 'rediss:' && { tls: authority === null ? {} : { ca: authority } }),
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(200 * times, 2000),
  };
}

function postgresConfig({ url, authority }: QueueAddress) {
  const plain = new URL(url);
  // What the address says of TLS would take the place of what is said here.
  if (authority !== null) plain.searchParams.delete('sslmode');
  return {
    connectionString: plain.href,
    connectionTimeoutMillis: 5000,
    ...(authority !== null && { ssl: { ca: authority } }),
  };
}

async function reached<T>({ shown }: QueueAddress, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new UserError(
      `--queue: ${shown} cannot be reached (${oneLine(causeIn(error))}), expected a server that runs there, and ` +
        `its password in the address or in ${environment.password}`,
    );
  }
}

/** An address of several numbers fails with an error of several, whose own message is empty. */
function causeIn(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error);
}

async function loaded<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new UserError(
      `--queue: ${name} cannot be loaded (${oneLine(messageOf(error))}), expected "npm install bullmq ioredis pg": ` +
        'Redis needs the first two, PostgreSQL the first and the last',
    );
  }
}
