import type { ClientContext } from '../../machines/client.js';
import type { Download, Stage } from '../../machines/events.js';

/** The round that a download asks its recipient to work on; null where it only closes a stage. */
export function workOf(download: Download | null): { readonly stage: Stage; readonly round: number } | null {
  if (download === null) return null;
  const { stage, round, verdict } = download;
  if (verdict === 'continue') return { stage, round: round + 1 };
  // The last message of stage 2 opens stage 3; stage 2 is opened by a message of its own (Step 2.1).
  return stage === 'reward' ? { stage: 'alignment', round: 1 } : null;
}

/** The round that a client is in: the one it works on, else the one that its last download closed. */
export function roundOf({ current }: ClientContext): number {
  return workOf(current)?.round ?? current?.round ?? 0;
}
