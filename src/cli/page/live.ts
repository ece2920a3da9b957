import { setTimeout } from 'node:timers/promises';
import { LiveRun } from '../../inspect/run-view.js';
import type { RunObserver } from '../../records/run-event.js';
import type { Summary } from '../../records/summary.js';
import { Pace } from './pace.js';
import { servePage } from './serve.js';

/** The page of a run that is going on. */
export interface LivePage {
  /** For the run's options. */
  readonly observer: RunObserver;
  readonly before: (dueSeconds: number) => Promise<void>;
  /** The run's last word. */
  end(summary: Summary): void;
  /** Nobody is waited for any more. */
  release(): void;
  /** Closes the page, when those who look at it have left or `signal` says so. */
  close(signal: AbortSignal): Promise<void>;
}

export interface LivePageOptions {
  readonly port: number;
  /** Whether the run waits before its first event for somebody to let it go on. */
  readonly isPaused: boolean;
  readonly say: (text: string) => void;
}

const lookAgainMilliseconds = 200;

/**
 * A page whose address is told as the run begins, which waits for whoever pauses it there. UserError where the
 * port cannot be had.
 */
export async function livePage({ port, isPaused, say }: LivePageOptions): Promise<LivePage> {
  const view = new LiveRun();
  const pace = new Pace();
  if (isPaused) pace.obey({ do: 'pause' });
  const page = await servePage({ views: [view], port, pace });
  let isTold = false;
  const tell = () => {
    isTold = true;
    say(`Page: ${page.address}`);
    if (isPaused) say('The run waits there to be let go.');
  };
  return {
    observer: {
      name: view.name,
      actors: true,
      next: (event) => {
        view.next(event);
        if (event.type === 'row' && event.row.type === 'round') pace.roundClosed();
      },
    },
    before: async (dueSeconds) => {
      if (!isTold) tell();
      await pace.before(dueSeconds);
    },
    end: (summary) => view.end(summary),
    release: () => pace.release(),
    close: async (signal) => {
      pace.release();
      if (page.lookers() > 0 && !signal.aborted) {
        say('The run is over. Its page stays until it is closed there, or until Ctrl-C.');
      }
      while (page.lookers() > 0 && !signal.aborted) {
        await setTimeout(lookAgainMilliseconds, undefined, { signal }).catch(() => {});
      }
      await page.close();
    },
  };
}
