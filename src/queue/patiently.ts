import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';

const betweenMs = 1000;

/** What tells of a server that is away, or starts, in the words of Node, Redis and PostgreSQL. */
const outages =
  /ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN|[Cc]onnection (is closed|terminated|ended)|LOADING|terminating connection|(starting up|shutting down)|timeout exceeded when trying to connect|57P0/;

/** Does something as often as the server is away; rejects with all else, and where `signal` is aborted meanwhile. */
export async function patiently<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isOutage(error) || signal?.aborted) throw error;
      await delay(betweenMs, undefined, signal ? { signal } : {});
    }
  }
}

/** Whether a server is away, and may come back. */
export function isOutage(error: unknown): boolean {
  const all = error instanceof AggregateError ? error.errors : [error];
  return all.some((each: unknown) => {
    const code = each instanceof Error && 'code' in each ? String(each.code) : '';
    return outages.test(`${code} ${messageOf(each)}`);
  });
}

const partingMs = 3000;

/** Waits for something, but not long for a server that is away. */
export async function briefly(work: Promise<unknown>): Promise<'done' | 'late'> {
  const over = new AbortController();
  const late = delay(partingMs, 'late' as const, { signal: over.signal });
  late.catch(() => {});
  try {
    return await Promise.race([work.then(() => 'done' as const), late]);
  } finally {
    over.abort();
  }
}

/** Closes a connection, if need be without the server's leave. */
export async function leave(part: { close(): Promise<unknown>; disconnect(): unknown }): Promise<void> {
  if ((await briefly(part.close())) === 'late') await briefly(Promise.resolve(part.disconnect()));
}
