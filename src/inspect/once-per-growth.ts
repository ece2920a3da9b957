import type { RunView } from './run-view.js';

/** What is made of a run's rows, made anew only where the run has gone on. */
export function oncePerGrowth<T>(make: (view: RunView) => T): (view: RunView) => T {
  const known = new WeakMap<RunView, { readonly rows: number; readonly made: T }>();
  return (view) => {
    const rows = view.metrics.length + view.messages.length;
    const before = known.get(view);
    if (before?.rows === rows) return before.made;
    const made = make(view);
    known.set(view, { rows, made });
    return made;
  };
}
