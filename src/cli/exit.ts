import type { Ended } from '../records/rows.js';

/** Exit codes of the command: part of its interface, see README.md. */
export const exit = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** The limit of rounds or of virtual time is an ordinary end; a deadlock leaves stages undone. */
export function exitCodeOf(ended: Ended): ExitCode {
  switch (ended.reason) {
    case 'finished':
    case 'out-of-virtual-time':
      return exit.ok;
    case 'interrupted':
      return exit.interrupted;
    case 'deadlock':
    case 'failed':
      return exit.failed;
  }
}
