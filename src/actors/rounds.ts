import type { ClientContext } from '../../machines/client.js';

/** The round that a client is in: the one it works on, else the one that its last download closed. */
export function roundOf({ current }: ClientContext): number {
  return current?.order ? current.order.version + 1 : (current?.version ?? 0);
}
