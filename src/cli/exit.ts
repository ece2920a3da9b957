import type { Ended } from '../records/rows.js';

/** Exit codes of the command: part of its interface, see README.md. */
export const exit = {
  ok: 0,
  failed: 1,
  badInput: 2,
  /** SIGHUP, SIGINT (Ctrl-C) and SIGTERM, as shells have it. */
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/**
 * The limit of rounds or of virtual time is an ordinary end, and so is a script's stop; a deadlock or a livelock leaves stages undone. `interrupted` is
 * the code of an interrupted run.
 */
export function exitCodeOf(ended: Ended, interrupted: ExitCode): ExitCode {
  switch (ended.reason) {
    case 'finished':
    case 'stopped':
    case 'out-of-virtual-time':
      return exit.ok;
    case 'interrupted':
      return interrupted;
    case 'deadlock':
    case 'livelock':
    case 'failed':
      return exit.failed;
  }
}
