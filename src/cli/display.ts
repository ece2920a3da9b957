import { createLogUpdate } from 'log-update';
import type { Progress } from '../records/progress.js';
import type { Scenario } from '../scenario/schema.js';
import { unbroken, wrapped } from './line-width.js';
import { picture, roundLine, RoundWatch } from './progress-lines.js';
import { abilitiesOf, line, paintFor, type Terminal } from './terminal.js';

/** Shows a run while it goes on. */
export interface Display {
  show(progress: Progress): void;
  /** A line that stays. */
  note(text: string): void;
  /** Leaves the screen to whoever writes next. */
  close(): void;
}

export type DisplayKind = 'live' | 'plain' | 'none';

export function displayKind(
  { json, quiet = false }: { readonly json: boolean; readonly quiet?: boolean },
  { out }: Terminal,
): DisplayKind {
  if (json || quiet) return 'none';
  return abilitiesOf(out).redraw ? 'live' : 'plain';
}

const shortestSecondsBetweenPictures = 0.1;

export function openDisplay(kind: DisplayKind, scenario: Scenario, terminal: Terminal): Display {
  switch (kind) {
    case 'none':
      return { show: () => {}, note: () => {}, close: () => {} };
    case 'plain':
      return plainDisplay(scenario, terminal);
    case 'live':
      return liveDisplay(scenario, terminal);
  }
}

/** One line per round, for files, pipes and terminals that cannot be drawn over. */
function plainDisplay(scenario: Scenario, { out }: Terminal): Display {
  const rounds = new RoundWatch();
  const tell = (closed: readonly Progress[]) =>
    closed.forEach((progress) => line(out, fitted(roundLine(progress, scenario), abilitiesOf(out).columns)));
  return {
    show: (progress) => tell(rounds.next(progress)),
    note: (text) => line(out, text),
    close: () => tell(rounds.end()),
  };
}

/** A picture that is drawn over and over, below one line for each closed round. */
function liveDisplay(scenario: Scenario, { out }: Terminal): Display {
  const update = createLogUpdate(out);
  const paint = paintFor(out);
  const elapsed = stopwatch();
  const rounds = new RoundWatch();
  const columns = () => abilitiesOf(out).columns;
  const tell = (progress: Progress) => update.persist(fitted(roundLine(progress, scenario), columns()));
  let drawnAt = -Infinity;
  update(paint('dim', 'Loading model and data …'));
  return {
    show: (progress) => {
      const elapsedSeconds = elapsed();
      const closed = rounds.next(progress);
      closed.forEach(tell);
      if (closed.length === 0 && elapsedSeconds - drawnAt < shortestSecondsBetweenPictures) return;
      drawnAt = elapsedSeconds;
      update(
        picture(progress, scenario, paint, {
          columns: columns(),
          rows: out.rows ?? 24,
        }),
      );
    },
    note: (text) => update.persist(text),
    close: () => {
      rounds.end().forEach(tell);
      update.clear();
      update.done();
    },
  };
}

/** A line that stays: where it is too long it goes on below, and nothing of it is lost. */
function fitted(text: string, columns: number): string {
  const figures = text.split(/(?= {2})/).map((part) => part.replace(/\S.*/, unbroken));
  return wrapped(figures.join(''), columns, '  ').join('\n');
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1e3;
}
