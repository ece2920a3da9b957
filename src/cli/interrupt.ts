import { exit, type ExitCode } from './exit.js';

/**
 * What ends a run early: Ctrl-C, the end of a job's time on a cluster, a terminal that is closed. The first
 * aborts `signal`, the second ends the process at once.
 */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Of the first signal that came; that of Ctrl-C before any. */
  exitCode(): ExitCode;
  /** Gives the signals their usual meaning back. */
  release(): void;
}

const codes = { SIGINT: exit.interrupted, SIGTERM: exit.terminated, SIGHUP: exit.hungUp } as const;
const signals = Object.keys(codes) as (keyof typeof codes)[];

export function watchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let code: ExitCode = exit.interrupted;
  const onSignal = (name: keyof typeof codes) => {
    if (controller.signal.aborted) process.exit(code);
    code = codes[name];
    controller.abort();
    onFirst();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => signals.forEach((name) => process.off(name, onSignal)),
  };
}
