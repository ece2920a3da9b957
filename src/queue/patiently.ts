import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../errors.js';

const betweenMs = 1000;

/** What tells of a server that is away, or starts, in the words of Node, Redis and PostgreSQL. */
const outages =
  /ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN|[Cc]onnection (is closed|terminated|ended)|LOADING|terminating connection|(starting up|shutting down)|timeout exceeded when trying to connect|57P0/;

/** Does something as often as the server is away; rejects with all else. */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isOutage(error)) throw error;
      await delay(betweenMs);
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
