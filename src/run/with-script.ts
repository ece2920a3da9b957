import { together } from '../strategies/strategies.js';
import type { RunOptions } from './options.js';
import type { Inspect } from '../records/run-event.js';

/** The options with what the scenario's script brings along; what the caller gives goes before. */
export function withScript(options: RunOptions): RunOptions {
  const { script, strategies = {}, observers = [], executor = script?.executor } = options;
  if (!script) return options;
  return {
    ...options,
    strategies: together(strategies, script.strategies),
    observers: [...observers, ...script.observers],
    ...(executor && { executor }),
    ...inspectedBy(options.inspect, script.inspect),
  };
}

/** Both hear, the caller's first. */
function inspectedBy(one: Inspect | undefined, other: Inspect | null): Pick<RunOptions, 'inspect'> {
  const both = [one, other].filter((inspect) => typeof inspect === 'function');
  return both.length === 0 ? {} : { inspect: (event) => both.forEach((inspect) => inspect(event)) };
}
