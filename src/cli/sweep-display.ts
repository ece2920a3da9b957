import { createLogUpdate } from 'log-update';
import type { StudyProgress } from '../study/standing.js';
import { cut } from './line-width.js';
import { endedText, standingText } from './sweep-text.js';
import { abilitiesOf, line, type Terminal } from './terminal.js';

/** Shows a study while it goes on. */
export interface SweepDisplay {
  show(progress: StudyProgress): void;
  /** A line that stays. */
  note(text: string): void;
  /** Leaves the screen to whoever writes next. */
  close(): void;
}

/** One line over all runs, drawn anew where that can be done; else a line for each run that ends. */
export function openSweepDisplay(isSilent: boolean, { out }: Terminal): SweepDisplay {
  if (isSilent) return { show: () => {}, note: () => {}, close: () => {} };
  return abilitiesOf(out).redraw ? liveDisplay(out) : plainDisplay(out);
}

function plainDisplay(out: Terminal['out']): SweepDisplay {
  return {
    show: (progress) => {
      if (progress.ended !== null) line(out, `${endedText(progress.ended)}. ${standingText(progress)}`);
    },
    note: (text) => line(out, text),
    close: () => {},
  };
}

function liveDisplay(out: Terminal['out']): SweepDisplay {
  const update = createLogUpdate(out);
  return {
    show: (progress) => {
      if (progress.ended !== null) update.persist(endedText(progress.ended));
      update(cut(standingText(progress), abilitiesOf(out).columns));
    },
    note: (text) => update.persist(text),
    close: () => {
      update.clear();
      update.done();
    },
  };
}
