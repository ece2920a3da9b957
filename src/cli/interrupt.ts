import { exit } from './exit.js';

/** Ctrl-C once aborts the signal, twice ends the process at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  release(): void;
}

export function watchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(exit.interrupted);
    controller.abort();
    onFirst();
  };
  process.on('SIGINT', onSignal);
  return { signal: controller.signal, release: () => process.off('SIGINT', onSignal) };
}
