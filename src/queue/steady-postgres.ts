import { EventEmitter } from 'node:events';
import type { PostgresQueueBackend } from 'bullmq';

/**
 * BullMQ 6.7 takes all listeners off the client that it listens by before it ends it. What its server says in between,
 * as one that is killed does, nobody would hear, and Node ends a process whose error nobody hears.
 */
export function steadily<Settings extends unknown[], Backend>(
  create: (...settings: Settings) => Backend,
): (...settings: Settings) => Backend {
  return (...settings) => {
    const backend = create(...settings);
    const { connection } = backend as unknown as PostgresQueueBackend;
    const listenClient = connection.getListenClient.bind(connection);
    connection.getListenClient = async () => hearingErrors(await listenClient());
    return backend;
  };
}

/** A client that hears its errors whoever takes listeners off it. */
function hearingErrors<Client extends object>(client: Client): Client {
  const emitter = client as unknown as EventEmitter;
  emitter.removeAllListeners = (...names) => {
    EventEmitter.prototype.removeAllListeners.apply(emitter, names);
    return emitter.on('error', () => {});
  };
  return client;
}
